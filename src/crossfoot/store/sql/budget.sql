-- name: budget.get
-- How far a budget is spent.
select head, latest, held_until from budget where key = :key;

-- name: budget.crowding
-- When the call of this rank, counted back from the last one, may happen at the latest.
select at from budget_slots where key = :key order by at desc limit 1 offset :rank;

-- name: budget.put
-- How far a budget is spent now.
insert into budget (key, head, latest, held_until) values (:key, :head, :latest, :held_until)
on conflict (key) do update set head = excluded.head, latest = excluded.latest, held_until = excluded.held_until;

-- name: budget.claim
-- A call takes its place, or takes it at another moment.
insert into budget_slots (key, slot, at) values (:key, :slot, :at)
on conflict (key, slot) do update set at = excluded.at;

-- name: budget.withdraw
-- A call will not happen.
delete from budget_slots where key = :key and slot = :slot;

-- name: budget.known
-- How many calls of a window had been made at a moment, and how many of all known ones must have arrived by then.
select coalesce(sum(case when at > :since and at <= :sent then 1 else 0 end), 0) as made,
  coalesce(sum(case when at <= :arrived then 1 else 0 end), 0) as arrived
from budget_slots where key = :key;

-- name: budget.drop_oldest
-- The vendor counts these calls no more.
delete from budget_slots
where key = :key and slot in (select slot from budget_slots where key = :key order by at, slot limit :number);

-- name: budget.trim
-- Calls that no window reaches any more.
delete from budget_slots where key = :key and at <= :before;
