-- name: reviews.ask
-- A question for a person; asked again while it is open, it shows the newest values and stays the same question.
insert into reviews (id, connection, sync, kind, subject, crm_id, ledger_id, field, shown, state, made_at)
values (:id, :connection, :sync, :kind, :subject, :crm_id, :ledger_id, :field, :shown, 'open', :made_at)
on conflict (connection, sync, crm_id, ledger_id, field) where state = 'open' do update set
  kind = excluded.kind, subject = excluded.subject, shown = excluded.shown;

-- name: reviews.get
-- One question.
select * from reviews where connection = :connection and id = :id;

-- name: reviews.open
-- The open questions, oldest first.
select * from reviews where connection = :connection and state = 'open' order by made_at, id limit :limit;

-- name: reviews.open_of_crm
-- The open questions about some CRM records.
select * from reviews
where connection = :connection and sync = :sync and state = 'open' and crm_id in each(:ids) order by made_at, id;

-- name: reviews.open_of_ledger
-- The open questions about some ledger records.
select * from reviews
where connection = :connection and sync = :sync and state = 'open' and ledger_id in each(:ids) order by made_at, id;

-- name: reviews.of_crm_record
-- All questions that ever were about a CRM record.
select * from reviews
where connection = :connection and crm_id = :id and sync in each(:syncs) order by made_at, id;

-- name: reviews.of_ledger_record
-- All questions that ever were about a ledger record.
select * from reviews
where connection = :connection and ledger_id = :id and sync in each(:syncs) order by made_at, id;

-- name: reviews.resolve
-- A question is answered, or has gone away.
update reviews set state = 'resolved', decision = :decision, decided_at = :now, decided_by = :by
where connection = :connection and id = :id and state = 'open';

-- name: reviews.counts
-- How many questions of each sort are open in each sync.
select sync, kind, count(*) as number from reviews
where connection = :connection and state = 'open' group by sync, kind order by sync, kind;

-- name: reviews.forget
-- All questions of a sync.
delete from reviews where connection = :connection and sync = :sync;

-- name: reviews.keep_apart
-- A person says that two records are different things.
insert into reviews (id, connection, sync, kind, subject, crm_id, ledger_id, field, shown, state, decision, made_at, decided_at,
  decided_by)
values (:id, :connection, :sync, 'doubtful', '{}', :crm_id, :ledger_id, '', '{}', 'resolved', :decision, :now, :now, :by);


-- name: reviews.apart_of_crm
-- The ledger records that are kept apart from some CRM records.
select crm_id as id, ledger_id as across from reviews
where connection = :connection and sync = :sync and crm_id in each(:ids) and ledger_id <> '' and decision = :decision;

-- name: reviews.apart_of_ledger
-- The CRM records that are kept apart from some ledger records.
select ledger_id as id, crm_id as across from reviews
where connection = :connection and sync = :sync and ledger_id in each(:ids) and crm_id <> '' and decision = :decision;
