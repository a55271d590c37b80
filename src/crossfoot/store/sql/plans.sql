-- name: plans.put
-- A plan as it is now.
insert into plans (id, connection, made_at, state, summary) values (:id, :connection, :made_at, :state, :summary)
on conflict (id) do update set state = excluded.state, summary = excluded.summary;

-- name: plans.get
-- One plan.
select id, made_at, state, summary from plans where connection = :connection and id = :id;

-- name: plans.latest
-- The newest plans.
select id, made_at, state, summary from plans where connection = :connection order by made_at desc, id desc limit :limit;

-- name: plans.set_state
-- What became of a plan.
update plans set state = :state where connection = :connection and id = :id;

-- name: plans.supersede_open
-- Another plan takes the place of the open ones.
update plans set state = 'superseded' where connection = :connection and state = 'open';
