-- Who is sent events, and every delivery with how it went.
create table webhook (
  id text primary key,
  url text not null,
  -- which events; empty: all
  types text[] not null,
  resources text[] not null,
  description text,
  -- sealed, never in clear; a former secret signs along for a while after it was replaced
  sealed_secret bytea not null,
  sealed_former_secret bytea,
  former_secret_until timestamptz,
  created_by text not null,
  created_at timestamptz not null
);

create table webhook_delivery (
  id text primary key,
  webhook_id text not null references webhook (id) on delete cascade,
  event_id text not null references event (id) on delete cascade,
  state text not null check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  -- when the next attempt is due; while an attempt is made, when it counts as lost
  due_at timestamptz not null,
  last_attempt_at timestamptz,
  -- how the last attempt ended, for a person
  last_outcome text,
  created_at timestamptz(3) not null,
  unique (webhook_id, event_id)
);
create index webhook_delivery_due on webhook_delivery (webhook_id, due_at) where state = 'waiting';
create index webhook_delivery_event on webhook_delivery (event_id);
create index webhook_delivery_newest on webhook_delivery (state, created_at desc, id desc);
