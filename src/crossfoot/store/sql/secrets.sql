-- name: secrets.get
-- One sealed secret.
select key_id, sealed, generation from secrets where connection = :connection and system = :system and name = :name;

-- name: secrets.put
-- A sealed secret in place of the one before.
insert into secrets (connection, system, name, key_id, sealed, generation)
values (:connection, :system, :name, :key_id, :sealed, 1)
on conflict (connection, system, name) do update set
  key_id = excluded.key_id, sealed = excluded.sealed, generation = secrets.generation + 1
returning generation;

-- name: secrets.sealed_otherwise
-- Secrets that are not sealed with a key.
select connection, system, name, key_id, sealed from secrets where key_id <> :key_id order by connection, system, name;

-- name: secrets.reseal
-- The same secret, sealed with another key.
update secrets set key_id = :key_id, sealed = :sealed
where connection = :connection and system = :system and name = :name;

-- name: secrets.forget
-- All secrets of a system in a connection.
delete from secrets where connection = :connection and system = :system;
