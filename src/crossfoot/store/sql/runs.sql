-- name: runs.put
-- A run as it stands.
insert into runs (id, connection, sync, trigger, started_at, ended_at, state, counts, problem)
values (:id, :connection, :sync, :trigger, :started_at, :ended_at, :state, :counts, :problem)
on conflict (id) do update set
  ended_at = excluded.ended_at, state = excluded.state, counts = excluded.counts, problem = excluded.problem;

-- name: runs.interrupt
-- Runs that seem to go on have died.
update runs set state = :interrupted where connection = :connection and state = :running;

-- name: runs.get
-- One run.
select * from runs where connection = :connection and id = :id;

-- name: runs.latest
-- The newest runs.
select * from runs where connection = :connection order by started_at desc, id desc limit :limit;

-- name: runs.halt
-- A sync stops and calls a person; one that has stopped already keeps its first reason.
insert into halts (connection, sync, reason, detail, since) values (:connection, :sync, :reason, :detail, :since)
on conflict (connection, sync) where released_at is null do nothing;

-- name: runs.halted
-- The syncs that have stopped.
select sync, reason, detail, since from halts where connection = :connection and released_at is null order by since, sync;

-- name: runs.release
-- A person lets a sync go on.
update halts set released_at = :now, released_by = :by
where connection = :connection and sync = :sync and released_at is null;
