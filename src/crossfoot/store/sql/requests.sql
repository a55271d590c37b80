-- name: requests.put
-- A person asks for a record to be made from one of the CRM.
insert into requests (connection, sync, id, asked_at, asked_by) values (:connection, :sync, :id, :now, :by)
on conflict (connection, sync, id) do nothing;

-- name: requests.withdraw
-- A person no longer asks for it.
delete from requests where connection = :connection and sync = :sync and id = :id;

-- name: requests.among
-- What is asked for from some records of the CRM.
select sync, id from requests where connection = :connection and id in each(:ids) order by id, sync;

-- name: requests.forget
-- Nothing more is asked for of a deleted sync.
delete from requests where connection = :connection and sync = :sync;
