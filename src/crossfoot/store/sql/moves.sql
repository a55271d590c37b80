-- name: moves.one_more
-- Something that decisions rest on has moved.
insert into counters (name, value) values (:name, 1)
on conflict (name) do update set value = counters.value + 1;

-- name: moves.number
-- How often something that decisions rest on has moved.
select value from counters where name = :name;
