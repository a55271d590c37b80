-- Repeating a partial index's own condition word for word is what lets SQLite use it.

-- name: operations.last_seq
-- The last place that a plan has given to an operation.
select max(seq) as seq from operations where connection = :connection and plan = :plan;

-- name: operations.put
-- An operation as it was decided.
insert into operations (id, connection, plan, sync, seq, act, side, kind, crm_id, ledger_id, native, fields, reason, key,
  waits_for, undoes, state, attempts, problem, note, made_at)
values (:id, :connection, :plan, :sync, :seq, :act, :side, :kind, :crm_id, :ledger_id, :native, :fields, :reason, :key,
  :waits_for, :undoes, 'planned', 0, :problem, '', :now);

-- name: operations.restate
-- What an operation that was not begun writes, and why.
update operations set native = :native, fields = :fields, reason = :reason, waits_for = :waits_for
where connection = :connection and id = :id and state = 'planned';

-- name: operations.intend
-- These operations are about to be sent.
update operations set state = 'intended', attempts = attempts + 1, run = :run, sent_at = :now
where connection = :connection and id in each(:ids);

-- name: operations.attempts
-- How often some operations were begun.
select id, attempts from operations where connection = :connection and id in each(:ids);

-- name: operations.release
-- The system asked to wait, and certainly did nothing: these are planned as before.
update operations set state = 'planned' where connection = :connection and id in each(:ids);

-- name: operations.settle_many
-- What became of some operations, nothing else to tell.
update operations set state = :state, run = :run, settled_at = :now where connection = :connection and id in each(:ids);

-- name: operations.settle_each
-- What became of an operation. A create learns here which record it made.
update operations set
  state = :state, problem = :problem, note = :note, settled_at = coalesce(:settled_at, settled_at),
  crm_id = case when side = 'crm' then coalesce(crm_id, :record_id) else crm_id end,
  ledger_id = case when side = 'ledger' then coalesce(ledger_id, :record_id) else ledger_id end
where connection = :connection and id = :id;

-- name: operations.supersede_planned
-- A newer plan takes the place of everything that was planned and not begun.
update operations set state = 'superseded', settled_at = :now where connection = :connection and state = 'planned' and state in ('planned', 'intended', 'unknown');

-- name: operations.planned
-- What a plan still has to do, of one sync, act and side, in its order.
select * from operations
where connection = :connection and plan = :plan and sync = :sync and act = :act and side = :side and state = 'planned'
  and seq > :after
order by seq limit :limit;

-- name: operations.planned_by_act
-- How much a plan still has to do for a sync.
select act, side, count(*) as number from operations
where connection = :connection and plan = :plan and sync = :sync and state = 'planned' group by act, side order by act, side;

-- name: operations.planned_pairs
-- What a plan is going to do to some CRM records together with a ledger record.
select sync, act, side, crm_id, ledger_id from operations
where connection = :connection and plan = :plan and state = 'planned' and ledger_id is not null and crm_id in each(:ids);

-- name: operations.creates_from_crm
-- The CRM records that a copy across is planned of, or under way.
select crm_id as id from operations
where connection = :connection and sync = :sync and act = 'create' and side = 'ledger'
  and state in ('planned', 'intended', 'unknown') and crm_id in each(:ids);

-- name: operations.creates_from_ledger
-- The ledger records that a copy across is planned of, or under way.
select ledger_id as id from operations
where connection = :connection and sync = :sync and act = 'create' and side = 'crm'
  and state in ('planned', 'intended', 'unknown') and ledger_id in each(:ids);

-- name: operations.settled_among
-- Which of some operations have come to their end.
select id from operations
where connection = :connection and state in ('applied', 'refused', 'superseded') and id in each(:ids);

-- name: operations.by_ids
-- Operations by their ids.
select * from operations where connection = :connection and id in each(:ids) order by made_at, plan, seq;

-- name: operations.by_plan
-- The operations of a plan in its order.
select * from operations where connection = :connection and plan = :plan and seq > :after order by seq limit :limit;

-- name: operations.unfinished
-- Operations that were, or may have been, sent and whose outcome is not known.
select * from operations
where connection = :connection and state in ('intended', 'unknown') and state in ('planned', 'intended', 'unknown')
order by made_at, plan, seq;

-- name: operations.of_crm_record
-- What was done about a CRM record, newest first.
select * from operations
where connection = :connection and crm_id = :id and sync in each(:syncs) order by made_at desc, plan desc, seq desc limit :limit;

-- name: operations.of_ledger_record
-- What was done about a ledger record, newest first.
select * from operations
where connection = :connection and ledger_id = :id and sync in each(:syncs)
order by made_at desc, plan desc, seq desc limit :limit;

-- name: operations.of_run
-- What a run did, in its order.
select * from operations where connection = :connection and run = :run order by plan, seq;

-- name: operations.ending
-- Operations whose id ends in what a person typed: enough of them to tell whether it is one.
select id from operations where connection = :connection and substr(id, length(id) - length(:ending) + 1) = :ending
order by id limit 3;

-- name: operations.undoing
-- Operations that undo some others, whatever became of them.
select * from operations where connection = :connection and undoes in each(:ids) order by made_at, plan, seq;

-- name: operations.counts
-- How many operations stand where.
select sync, act, side, state, count(*) as number from operations
where connection = :connection group by sync, act, side, state order by sync, act, side, state;

-- name: operations.counts_of_plan
-- How many operations of a plan stand where.
select sync, act, side, state, count(*) as number from operations
where connection = :connection and plan = :plan group by sync, act, side, state order by sync, act, side, state;

-- name: operations.counts_of_run
-- How many operations of a run stand where.
select sync, act, side, state, count(*) as number from operations
where connection = :connection and run = :run group by sync, act, side, state order by sync, act, side, state;

-- name: operations.joins_from_crm
-- CRM records that are about to be linked.
select crm_id as id, ledger_id as across from operations
where connection = :connection and sync = :sync and act = 'link' and state = 'planned' and crm_id in each(:ids);

-- name: operations.joins_from_ledger
-- Ledger records that are about to be linked.
select ledger_id as id, crm_id as across from operations
where connection = :connection and sync = :sync and act = 'link' and state = 'planned' and ledger_id in each(:ids);
