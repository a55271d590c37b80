-- name: subjects.put
-- How a record stands now; since when, only if that is new.
insert into subjects (connection, sync, side, kind, id, state, reason, problem, since)
values (:connection, :sync, :side, :kind, :id, :state, :reason, :problem, :now)
on conflict (connection, sync, side, id) do update set
  since = case when subjects.state = excluded.state then subjects.since else excluded.since end,
  state = excluded.state, reason = excluded.reason, problem = excluded.problem;

-- name: subjects.get
-- How some records stand.
select side, kind, id, state, reason, problem, since from subjects
where connection = :connection and sync = :sync and side = :side and kind = :kind and id in each(:ids);

-- name: subjects.page
-- The records of a sync that stand in a given way.
select side, kind, id, state, reason, problem, since from subjects
where connection = :connection and sync = :sync and state = :state and (side > :side or (side = :side and id > :id))
order by side, id limit :limit;

-- name: subjects.counts
-- How many records of each sync stand how.
select sync, side, state, count(*) as number from subjects
where connection = :connection group by sync, side, state order by sync, side, state;

-- name: subjects.forget
-- How the records of a sync stand, for good.
delete from subjects where connection = :connection and sync = :sync;
