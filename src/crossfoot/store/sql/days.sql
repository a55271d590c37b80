-- name: days.get
-- The day that a connection's decisions rest on.
select value from counters where name = :name;

-- name: days.put
-- The day turns.
insert into counters (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value;
