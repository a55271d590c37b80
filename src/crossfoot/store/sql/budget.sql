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

-- name: budget.trim
-- Calls that no window reaches any more.
delete from budget_slots where key = :key and at <= :before;
