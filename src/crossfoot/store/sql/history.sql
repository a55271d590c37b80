-- name: history.add
-- Something happened. A line that is there already is not added twice.
insert into history (id, connection, at, run, sync, crm_id, ledger_id, event, sentence, detail)
values (:id, :connection, :at, :run, :sync, :crm_id, :ledger_id, :event, :sentence, :detail)
on conflict (id) do nothing;

-- name: history.of_crm_record
-- What happened to a CRM record, newest first.
select * from history
where connection = :connection and crm_id = :id and sync in each(:syncs) order by at desc, id desc limit :limit;

-- name: history.of_ledger_record
-- What happened to a ledger record, newest first.
select * from history
where connection = :connection and ledger_id = :id and sync in each(:syncs) order by at desc, id desc limit :limit;

-- name: history.of_run
-- What happened in a run, in order.
select * from history where connection = :connection and run = :run order by at, id;

-- name: history.tail
-- What happened last, newest first.
select * from history where connection = :connection order by at desc, id desc limit :limit;

-- name: history.tail_before
-- What happened before a line, newest first.
select * from history
where connection = :connection and (at < :at or (at = :at and id < :id)) order by at desc, id desc limit :limit;
