-- name: links.by_ids
-- Links by their own ids.
select * from links where connection = :connection and id in each(:ids);

-- name: links.by_crm_ids
-- The links of some CRM records that have not ended.
select * from links
where connection = :connection and sync = :sync and state <> 'ended' and crm_id in each(:ids);

-- name: links.by_ledger_ids
-- The links of some ledger records that have not ended.
select * from links
where connection = :connection and sync = :sync and state <> 'ended' and ledger_id in each(:ids);

-- name: links.partners_of_crm
-- The ledger records that some CRM records are linked with, by links that have not ended.
select crm_id as id, ledger_id as across, state from links
where connection = :connection and sync = :sync and state <> 'ended' and crm_id in each(:ids);

-- name: links.partners_of_ledger
-- The CRM records that some ledger records are linked with, by links that have not ended.
select ledger_id as id, crm_id as across, state from links
where connection = :connection and sync = :sync and state <> 'ended' and ledger_id in each(:ids);

-- name: links.ended_by_crm_ids
-- The ended links of some CRM records, oldest first.
select * from links
where connection = :connection and sync = :sync and state = 'ended' and crm_id in each(:ids) order by touched_at, id;

-- name: links.ended_by_ledger_ids
-- The ended links of some ledger records, oldest first.
select * from links
where connection = :connection and sync = :sync and state = 'ended' and ledger_id in each(:ids) order by touched_at, id;

-- name: links.put
-- A link as it is now.
insert into links (id, connection, sync, crm_id, ledger_id, base, verdicts, held, state, reason, touched_at)
values (:id, :connection, :sync, :crm_id, :ledger_id, :base, :verdicts, :held, :state, :reason, :touched_at)
on conflict (connection, id) do update set
  crm_id = excluded.crm_id, ledger_id = excluded.ledger_id, base = excluded.base, verdicts = excluded.verdicts,
  held = excluded.held, state = excluded.state, reason = excluded.reason, touched_at = excluded.touched_at;

-- name: links.move_crm
-- The CRM record of a link became part of another one.
update links set crm_id = :new_id, touched_at = :now where connection = :connection and id = :id;

-- name: links.move_ledger
-- The ledger record of a link became part of another one.
update links set ledger_id = :new_id, touched_at = :now where connection = :connection and id = :id;

-- name: links.page
-- The links of a sync in the order of their ids.
select * from links where connection = :connection and sync = :sync and id > :after_id order by id limit :limit;

-- name: links.page_in_state
-- The links of a sync in one state, in the order of their ids.
select * from links
where connection = :connection and sync = :sync and state = :state and id > :after_id order by id limit :limit;

-- name: links.counts
-- How many links of each sync are in which state.
select sync, state, count(*) as number from links where connection = :connection group by sync, state order by sync, state;

-- name: links.forget
-- All links of a sync, for good.
delete from links where connection = :connection and sync = :sync;
