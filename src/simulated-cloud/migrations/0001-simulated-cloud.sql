-- The simulated cloud's own state. It stands apart from the product's tables, in a schema of its own.

-- One row: who runs the cloud now, its seed and its clock.
create table cloud (
  one boolean primary key default true check (one),
  seed text not null,
  owner uuid not null,
  settings json not null
);

create table template (
  hash text primary key,
  body text not null
);

create table stack (
  id text primary key,
  account_id text not null,
  region text not null,
  name text not null,
  ordinal integer not null,
  status text not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  -- Has an operation in flight, which goes on when the cloud starts again.
  busy boolean not null,
  template_hashes text[] not null,
  record json not null,
  unique (account_id, region, name, ordinal)
);
create unique index stack_live_name on stack (account_id, region, name) where deleted_at is null;
create index stack_list on stack (account_id, region, created_at desc, id);
create index stack_busy on stack (id) where busy;

create table resource (
  stack_id text not null references stack on delete cascade,
  logical_id text not null,
  type text not null,
  physical_id text,
  status text not null,
  record json not null,
  primary key (stack_id, logical_id)
);
create index resource_physical_id on resource (physical_id);

create table event (
  stack_id text not null references stack on delete cascade,
  sequence integer not null,
  event_id text not null,
  at timestamptz not null,
  logical_id text not null,
  physical_id text,
  type text not null,
  status text not null,
  reason text,
  token text,
  properties text,
  primary key (stack_id, sequence)
);

create table change_set (
  id text primary key,
  stack_id text not null references stack on delete cascade,
  name text not null,
  created_at timestamptz not null,
  template_hashes text[] not null,
  record json not null
);
create index change_set_stack on change_set (stack_id, created_at desc);

create table export (
  account_id text not null,
  region text not null,
  name text not null,
  value text not null,
  stack_id text not null references stack on delete cascade,
  primary key (account_id, region, name)
);

create table import (
  account_id text not null,
  region text not null,
  export_name text not null,
  stack_id text not null references stack on delete cascade,
  primary key (account_id, region, export_name, stack_id)
);

-- Names that exist once within their scope: everywhere, an account, or an account's region. Without a stack: foreign.
create table taken_name (
  scope text not null,
  type text not null,
  name text not null,
  account_id text not null,
  stack_id text,
  logical_id text,
  holds_data boolean not null default false,
  primary key (scope, type, name)
);
create index taken_name_account on taken_name (account_id);

create table access_key (
  access_key_id text primary key,
  account_id text not null
);

create table role_session (
  access_key_id text primary key,
  account_id text not null,
  role_arn text not null,
  session_name text not null,
  expires_at timestamptz not null
);

create table fault (
  id text primary key,
  position integer not null,
  record json not null
);

-- Every accepted call that changes something.
create table request (
  id uuid primary key,
  at timestamptz not null,
  position bigint not null,
  action text not null,
  account_id text not null,
  region text not null,
  stack_name text,
  token text,
  access_key_id text not null,
  role_arn text,
  -- The error code; absent when it was accepted.
  error text
);
create index request_position on request (position);
