-- Deployments: every change of a thing, what was planned and rendered for it, what the provider said, and what stands.
create table deployment (
  id text primary key,
  target_kind text not null check (target_kind in ('environment', 'service-instance', 'service-pipeline', 'component')),
  target_arn text not null,
  target_created_at timestamptz not null,
  environment_name text not null,
  service_name text,
  service_instance_name text,
  component_name text,
  operation text not null check (operation in ('create', 'update', 'delete')),
  state text not null check (state in (
    'queued', 'requested', 'planning', 'waiting', 'applying', 'deleting', 'cancelling',
    'succeeded', 'failed', 'cancelled', 'superseded'
  )),
  initial_state jsonb,
  target_state jsonb,
  requested_by text,
  message text,
  plan_id text,
  approval jsonb,
  cancellation jsonb,
  refusal jsonb,
  undone text check (undone in ('all', 'part', 'nothing')),
  superseded_by text references deployment (id) on delete set null deferrable initially deferred,
  outputs jsonb,
  -- counts how often a worker took up the provider's part: an older worker that wakes up late has no say any more
  take integer not null default 0,
  -- whether the workflow engine has it
  handed_over boolean not null default false,
  created_at timestamptz not null,
  -- when the provider's part began
  begun_at timestamptz,
  modified_at timestamptz not null,
  completed_at timestamptz
);
create unique index deployment_one_runs on deployment (target_arn)
  where state in ('requested', 'planning', 'waiting', 'applying', 'deleting', 'cancelling');
create unique index deployment_one_waits on deployment (target_arn) where state = 'queued';
create index deployment_to_hand_over on deployment (created_at)
  where state in ('requested', 'cancelling') and not handed_over;
create index deployment_newest on deployment (created_at desc, id desc);
create index deployment_of_target on deployment (target_arn, created_at desc, id desc);
create index deployment_of_environment on deployment (environment_name, created_at desc, id desc);
create index deployment_of_service on deployment (service_name, created_at desc, id desc);
create index deployment_of_component on deployment (component_name, created_at desc, id desc)
  where component_name is not null;
create index deployment_superseded_by on deployment (superseded_by) where superseded_by is not null;

-- Each account and region of a deployment, in order.
create table deployment_placement (
  deployment_id text not null references deployment (id) on delete cascade,
  position integer not null,
  placement jsonb not null,
  -- what the provider said it would do; none for a deletion
  preview jsonb,
  -- when the provider said that it works on it
  begun_at timestamptz,
  -- how it went
  ending jsonb,
  primary key (deployment_id, position)
);

create table deployment_rendering (
  deployment_id text primary key references deployment (id) on delete cascade,
  method text not null,
  stack_name text not null,
  placements jsonb not null,
  bundle_digest text not null,
  part text not null,
  template text not null,
  template_digest text not null,
  inputs jsonb not null,
  secrets jsonb not null,
  inputs_digest text not null,
  tags jsonb not null,
  source_lines jsonb not null
);

create table deployment_plan (
  deployment_id text primary key references deployment (id) on delete cascade,
  id text not null,
  plan jsonb not null,
  made_at timestamptz not null
);

create table deployment_event (
  deployment_id text not null references deployment (id) on delete cascade,
  position integer not null,
  event_id text not null,
  at timestamptz not null,
  logical_id text not null,
  physical_id text,
  type text not null,
  status text not null,
  reason text,
  sequence bigint generated always as identity,
  primary key (deployment_id, position, event_id)
);

-- What is known of each thing that lives: one row, which is also the lock of all its changes.
create table deployment_target (
  arn text primary key,
  kind text not null,
  created_at timestamptz not null,
  -- provisioned by its owner: nothing here is ever provisioned
  customer_managed boolean not null,
  -- the method; null while it is certain that nothing of it lies in the cloud
  provisioned_by text,
  last_attempted_id text references deployment (id),
  last_succeeded_id text references deployment (id),
  outputs jsonb not null default '{}',
  resources jsonb not null default '[]'
);
create index deployment_target_last_attempted on deployment_target (last_attempted_id);
create index deployment_target_last_succeeded on deployment_target (last_succeeded_id);
