-- name: signals.next_generation
-- A generation that no signal ever had.
insert into counters (name, value) values ('signals', 1)
on conflict (name) do update set value = counters.value + 1 returning value;

-- name: signals.generation
-- The newest generation given so far.
select value from counters where name = 'signals';

-- name: signals.note
-- Someone says that a record may have changed.
insert into signals (connection, sync, side, kind, id, generation, unread, noted_at)
values (:connection, :sync, :side, :kind, :id, :generation, :unread, :now)
on conflict (connection, sync, side, id) do update set
  generation = excluded.generation,
  unread = case when signals.unread = 1 then 1 else excluded.unread end;

-- name: signals.take
-- The signals of a sync that have waited longest.
select side, kind, id, generation, unread, noted_at from signals
where connection = :connection and sync = :sync order by noted_at, side, id limit :limit;

-- name: signals.take_by_unread
-- The signals that have waited longest among those whose record must, or need not, be read first.
select side, kind, id, generation, unread, noted_at from signals
where connection = :connection and sync = :sync and unread = :unread order by noted_at, side, id limit :limit;

-- name: signals.page
-- The signals of a sync in the order of their records.
select side, kind, id, generation, unread, noted_at from signals
where connection = :connection and sync = :sync and (side > :side or (side = :side and id > :id))
order by side, id limit :limit;

-- name: signals.of_records
-- The signals that wait about some records.
select id, generation, unread from signals
where connection = :connection and sync = :sync and side = :side and id in each(:ids);

-- name: signals.clear
-- The work on a signal is done, unless a newer one came or the record must still be read.
delete from signals
where connection = :connection and sync = :sync and side = :side and id = :id and generation = :generation and unread = 0;

-- name: signals.read
-- These records were read; signals up to a generation had been noted before.
update signals set unread = 0
where connection = :connection and side = :side and kind = :kind and id in each(:ids) and generation <= :upto;

-- name: signals.postpone
-- A signal goes to the end of the queue.
update signals set noted_at = :now where connection = :connection and sync = :sync and side = :side and id = :id;

-- name: signals.counts
-- How many signals wait in each sync, and how many of them for a read.
select sync, count(*) as waiting, sum(unread) as unread from signals
where connection = :connection group by sync order by sync;

-- name: signals.forget
-- All signals of a sync.
delete from signals where connection = :connection and sync = :sync;
