-- Text ids are made by the caller. Moments are microseconds since 1970 UTC. JSON is text in the form of store/values.py.
--
-- Every key and index begins with the connection: SQLite has no statistics of ours, and takes the index that fits most columns.
-- Tables of small rows that are found by their key are kept in its order (`without rowid`, SQLite only): one tree instead of two.

create table connections (
  id text primary key,
  name text not null unique,
  crm_identity text,
  ledger_identity text,
  settings text not null,
  state text not null,
  created_at bigint not null
);

-- What both accounts told about themselves when they were last looked at.
create table descriptions (
  connection text not null,
  side text not null,
  told text not null,
  primary key (connection, side)
);

-- Credentials, sealed by store/secrets.py.
create table secrets (
  connection text not null,
  system text not null,
  name text not null,
  key_id text not null,
  sealed bytes not null,
  generation bigint not null,
  primary key (connection, system, name)
);

-- The last observation of each record.
create table records (
  connection text not null,
  side text not null,
  kind text not null,
  id text not null,
  standing text not null,
  fields text not null,
  modified bigint,
  survivor text,
  parent text,
  seen_at bigint not null,
  primary key (connection, side, kind, id)
);
create index records_of_parent on records (connection, side, parent) where parent is not null;

-- The match index: by which keys a record could be found again across.
create table keys (
  connection text not null,
  sync text not null,
  side text not null,
  id text not null,
  rule text not null,
  key text not null,
  primary key (connection, sync, side, id, rule, key)
) without rowid;
create index keys_by_key on keys (connection, sync, side, rule, key);
create index keys_claimed on keys (connection) where id >= '+' and id < ',';

create table links (
  id text not null,
  connection text not null,
  sync text not null,
  crm_id text not null,
  ledger_id text not null,
  base text not null,
  verdicts text not null,
  held text not null,
  state text not null,
  reason text not null,
  touched_at bigint not null,
  primary key (connection, id)
);
create unique index links_of_crm on links (connection, sync, crm_id) where state <> 'ended';
create unique index links_of_ledger on links (connection, sync, ledger_id) where state <> 'ended';
create index links_ended_of_crm on links (connection, sync, crm_id) where state = 'ended';
create index links_ended_of_ledger on links (connection, sync, ledger_id) where state = 'ended';
create index links_in_order on links (connection, sync, id);

-- Records to look at. A signal that comes again while work on it is under way gets a new generation, and so outlives that work.
create table signals (
  connection text not null,
  sync text not null,
  side text not null,
  kind text not null,
  id text not null,
  generation bigint not null,
  unread integer not null,
  noted_at bigint not null, -- when it was first noted, or put back to the end of the queue
  primary key (connection, sync, side, id)
) without rowid;
create index signals_by_age on signals (connection, sync, noted_at);
create index signals_of_record on signals (connection, side, kind, id);

-- Numbers that only ever grow.
create table counters (
  name text primary key,
  value bigint not null
);

create table cursors (
  connection text not null,
  side text not null,
  kind text not null,
  cursor text not null,
  listed_at bigint not null,
  full_at bigint,
  primary key (connection, side, kind)
);

create table plans (
  id text primary key,
  connection text not null,
  made_at bigint not null,
  state text not null,
  summary text not null
);
create index plans_by_age on plans (connection, made_at);

-- The spine: the preview is its planned rows, the log its settled ones, the failed items its refused ones, undo its inverse ones.
create table operations (
  id text not null,
  connection text not null,
  plan text not null,
  run text,
  sync text not null,
  seq bigint not null,
  act text not null,
  side text not null,
  kind text not null,
  crm_id text,
  ledger_id text,
  native text not null,
  fields text not null,
  reason text not null,
  key text,
  waits_for text not null,
  undoes text,
  state text not null,
  attempts integer not null,
  problem text,
  note text not null,
  made_at bigint not null,
  sent_at bigint,
  settled_at bigint,
  primary key (connection, id)
);
create unique index operations_of_plan on operations (connection, plan, seq);
create index operations_of_run on operations (connection, run, plan, seq);
create index operations_unsettled on operations (connection, state) where state in ('planned', 'intended', 'unknown');
create index operations_of_crm on operations (connection, crm_id);
create index operations_of_ledger on operations (connection, ledger_id);
create index operations_undoing on operations (connection, undoes) where undoes is not null;

-- How each record stands in each sync, and why.
create table subjects (
  connection text not null,
  sync text not null,
  side text not null,
  kind text not null,
  id text not null,
  state text not null,
  reason text not null,
  problem text,
  since bigint not null,
  primary key (connection, sync, side, id)
) without rowid;

create table reviews (
  id text primary key,
  connection text not null,
  sync text not null,
  kind text not null,
  subject text not null,
  crm_id text not null,
  ledger_id text not null,
  field text not null,
  shown text not null,
  state text not null,
  decision text,
  made_at bigint not null,
  decided_at bigint,
  decided_by text
);
-- Empty text, not null, where there is none: nulls would never collide.
create unique index reviews_open on reviews (connection, sync, crm_id, ledger_id, field) where state = 'open';
create index reviews_waiting on reviews (connection, made_at, id) where state = 'open';
create index reviews_open_of_ledger on reviews (connection, sync, ledger_id) where state = 'open';
create index reviews_of_crm on reviews (connection, crm_id);
create index reviews_of_ledger on reviews (connection, ledger_id);

create table history (
  id text primary key,
  connection text not null,
  at bigint not null,
  run text,
  sync text not null,
  crm_id text,
  ledger_id text,
  event text not null,
  sentence text not null,
  detail text not null
);
create index history_by_age on history (connection, at, id);
create index history_of_crm on history (connection, crm_id, at);
create index history_of_ledger on history (connection, ledger_id, at);

create table runs (
  id text primary key,
  connection text not null,
  sync text,
  trigger text not null,
  started_at bigint not null,
  ended_at bigint,
  state text not null,
  counts text not null,
  problem text
);
create index runs_by_age on runs (connection, started_at);

create table halts (
  connection text not null,
  sync text not null,
  reason text not null,
  detail text not null,
  since bigint not null,
  released_at bigint,
  released_by text
);
create unique index halts_open on halts (connection, sync) where released_at is null;

create table leases (
  name text primary key,
  holder text not null,
  fence bigint not null,
  expires_at bigint not null
);

-- API budgets: the calls of the last window, each with the latest moment at which it may happen. See runtime/budget.py.
create table budget (
  key text primary key,
  head bigint not null, -- the number of the next call
  latest bigint not null, -- the latest moment given to a call
  held_until bigint not null
);
create table budget_slots (
  key text not null,
  slot bigint not null,
  at bigint not null,
  primary key (key, slot)
) without rowid;
create index budget_slots_by_time on budget_slots (key, at);
