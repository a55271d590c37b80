-- name: keys.of_records
-- The keys that some records are found by.
select id, rule, key from keys
where connection = :connection and sync = :sync and side = :side and id in each(:ids);

-- name: keys.add
-- A record is found by this key too.
insert into keys (connection, sync, side, id, rule, key) values (:connection, :sync, :side, :id, :rule, :key)
on conflict (connection, sync, side, id, rule, key) do nothing;

-- name: keys.remove
-- A record is no longer found by this key.
delete from keys
where connection = :connection and sync = :sync and side = :side and id = :id and rule = :rule and key = :key;

-- name: keys.candidates
-- The records that are found by some keys of one rule, a few for each key.
select key, id from (
  select key, id, row_number() over (partition by key order by id) as place from keys
  where connection = :connection and sync = :sync and side = :side and rule = :rule and key in each(:keys)
) as found
where place <= :limit order by key, id;

-- name: keys.drop_claims
-- Unique values held by records that were only planned.
delete from keys where connection = :connection and id >= '+' and id < ',';

-- name: keys.forget
-- The whole index of a sync.
delete from keys where connection = :connection and sync = :sync;
