-- What a person has asked for beforehand: that a sync makes its record from this one of the CRM, though nothing else says so.
create table requests (
  connection text not null,
  sync text not null,
  id text not null,
  asked_at bigint not null,
  asked_by text not null,
  primary key (connection, sync, id)
);
