-- Guard rails: what is set where, every version of it; exceptions; what was found, kept with the deployment.
create table guard_rail_setting (
  -- e.g. shop/environment-class:production
  scope text not null,
  rail text not null,
  -- the newest counts
  version integer not null check (version > 0),
  effect text not null check (effect in ('off', 'warn', 'block')),
  strict boolean not null,
  parameters jsonb not null,
  -- a principal's name, as it was then
  set_by text not null,
  set_at timestamptz(3) not null,
  primary key (scope, rail, version)
);
create trigger guard_rail_setting_stays before update or delete on guard_rail_setting
  for each row execute function never_changed();
create trigger guard_rail_setting_stays_whole before truncate on guard_rail_setting
  for each statement execute function never_changed();

create table guard_rail_exception (
  id text primary key,
  target_arn text not null,
  rail text not null,
  reason text not null,
  requested_by_id text not null,
  requested_by text not null,
  requested_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  state text not null check (state in ('requested', 'granted', 'rejected', 'revoked', 'expired')),
  answered_by text,
  answered_at timestamptz(3),
  note text,
  -- when it was told that it will end soon
  ending_told_at timestamptz(3)
);
create index guard_rail_exception_newest on guard_rail_exception (requested_at desc, id desc);
create index guard_rail_exception_of_target on guard_rail_exception (target_arn, requested_at desc, id desc);
create index guard_rail_exception_open on guard_rail_exception (expires_at) where state in ('requested', 'granted');

create trigger guard_rail_exception_tells after insert or update of state on guard_rail_exception
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Guard Rail Exception State Change', 'target_arn', 'state', 'state',
    'exceptionId=id', 'rail=rail', 'reason=reason', 'expiresAt=expires_at', 'requestedBy=requested_by',
    'answeredBy=answered_by');
create trigger guard_rail_exception_ends_soon after update of ending_told_at on guard_rail_exception
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Guard Rail Exception Ends Soon', 'target_arn', 'ending_told_at', 'toldAt',
    'exceptionId=id', 'rail=rail', 'reason=reason', 'expiresAt=expires_at', 'requestedBy=requested_by');

create table deployment_guard_rails (
  deployment_id text primary key references deployment (id) on delete cascade,
  report jsonb not null
);
