-- name: connections.put
-- A connection as it is now.
insert into connections (id, name, crm_identity, ledger_identity, settings, state, created_at)
values (:id, :name, :crm_identity, :ledger_identity, :settings, :state, :created_at)
on conflict (id) do update set
  name = excluded.name, crm_identity = excluded.crm_identity, ledger_identity = excluded.ledger_identity,
  settings = excluded.settings, state = excluded.state;

-- name: connections.get
-- One connection.
select * from connections where id = :id;

-- name: connections.by_name
-- One connection by the name that people gave it.
select * from connections where name = :name;

-- name: connections.all
-- All connections by name.
select * from connections order by name;
