-- Deployments that wait for people: what is wanted of whom, who approved which plan, questions, absence, emergencies.

-- Answers have tables of their own now; nothing ever waited for one before.
alter table deployment drop column approval;
-- How often it waited: whoever goes on with it after that is another piece of work.
alter table deployment add column round integer not null default 0;

-- What was decided about which plan of a deployment.
create table deployment_decision (
  decision_id text primary key references decision (id) on delete restrict,
  deployment_id text not null references deployment (id) on delete cascade,
  plan_id text not null,
  decided_at timestamptz(3) not null
);
create index deployment_decision_of on deployment_decision (deployment_id, decided_at desc);

-- One for each deployment that waits or waited: the plan as those see it who are asked.
create table approval_request (
  deployment_id text primary key references deployment (id) on delete cascade,
  target_arn text not null,
  plan_id text not null,
  plan jsonb not null,
  -- of governance; null: decided by something else
  decision_id text,
  -- digest of the rules that it was decided by
  policies text,
  wanted jsonb not null,
  -- for a person: who must approve
  waits_for text not null,
  state text not null check (state in ('wanted', 'given', 'rejected', 'void', 'expired', 'lifted', 'denied', 'cancelled')),
  -- why it is in its state
  note text,
  asked_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index approval_request_newest on approval_request (asked_at desc, deployment_id desc);
create index approval_request_open on approval_request (expires_at) where state = 'wanted';

create trigger approval_request_tells after insert or update of state on approval_request
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Approval Request State Change', 'target_arn', 'state', 'state',
    'deploymentId=deployment_id', 'planId=plan_id', 'waitsFor=waits_for', 'note=note', 'expiresAt=expires_at');

-- What one person answered to one plan.
create table approval (
  id text primary key,
  deployment_id text not null references deployment (id) on delete cascade,
  target_arn text not null,
  plan_id text not null,
  principal_id text not null,
  -- the name, as it was then
  principal text not null,
  state text not null check (state in ('given', 'rejected', 'withdrawn', 'void')),
  -- what he was to the resource when he answered
  relations jsonb not null,
  -- names of those for whom he answered in their absence
  on_behalf_of jsonb not null,
  reason text,
  given_at timestamptz(3) not null,
  decision_id text not null,
  -- why it counts no more
  note text
);
create index approval_of_deployment on approval (deployment_id, given_at);
-- a person has one say about a plan
create unique index approval_counts on approval (deployment_id, plan_id, principal_id) where state = 'given';

create trigger approval_tells after insert or update of state on approval
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Approval State Change', 'target_arn', 'state', 'state',
    'deploymentId=deployment_id', 'planId=plan_id', 'by=principal', 'onBehalfOf=on_behalf_of', 'note=note');

create table approval_question (
  id text primary key,
  deployment_id text not null references deployment (id) on delete cascade,
  target_arn text not null,
  plan_id text not null,
  question text not null,
  asked_by text not null,
  asked_at timestamptz(3) not null,
  answer text,
  answered_by text,
  answered_at timestamptz(3),
  state text generated always as (case when answer is null then 'asked' else 'answered' end) stored
);
create index approval_question_of_deployment on approval_question (deployment_id, asked_at);

create trigger approval_question_tells after insert or update of state on approval_question
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Approval Question State Change', 'target_arn', 'state', 'state',
    'deploymentId=deployment_id', 'question=question', 'askedBy=asked_by', 'answer=answer', 'answeredBy=answered_by');

-- Somebody is away, and another one answers for him.
create table approval_delegation (
  id text primary key,
  from_id text not null references principal (id) on delete restrict,
  to_id text not null references principal (id) on delete restrict,
  reason text,
  made_by text not null,
  made_at timestamptz(3) not null,
  until timestamptz(3) not null,
  ended_by text,
  ended_at timestamptz(3)
);
create index approval_delegation_to on approval_delegation (to_id, until);
create index approval_delegation_newest on approval_delegation (made_at desc, id desc);

-- Two people lift the wish for approvals in a unit, for hours.
create table emergency (
  id text primary key,
  unit text not null,
  reason text not null,
  hours integer not null check (hours between 1 and 24),
  declared_by_id text not null,
  declared_by text not null,
  declared_at timestamptz(3) not null,
  seconded_by_id text,
  seconded_by text,
  seconded_at timestamptz(3),
  -- from the second person on
  until timestamptz(3),
  ended_by text,
  ended_at timestamptz(3),
  state text not null check (state in ('declared', 'in-force', 'ended')),
  -- the resource that events name
  resource text generated always as ('unit/' || unit) stored,
  check (seconded_by_id <> declared_by_id)
);
create index emergency_newest on emergency (declared_at desc, id desc);

create trigger emergency_tells after insert or update of state on emergency
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Emergency State Change', 'resource', 'state', 'state',
    'emergencyId=id', 'unit=unit', 'reason=reason', 'declaredBy=declared_by', 'secondedBy=seconded_by', 'until=until',
    'endedBy=ended_by');

-- Plans that went on without the approvals that they wanted.
create table emergency_use (
  deployment_id text not null references deployment (id) on delete cascade,
  plan_id text not null,
  emergency_id text not null references emergency (id) on delete restrict,
  target_arn text not null,
  target_kind text not null,
  principal_id text not null,
  used_by text not null,
  reason text not null,
  -- what was wanted and not given
  waited_for text not null,
  used_at timestamptz(3) not null,
  primary key (deployment_id, plan_id)
);
create index emergency_use_of on emergency_use (emergency_id, used_at);

create trigger emergency_use_tells after insert on emergency_use
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Emergency Used', 'target_arn', 'used_by', 'usedBy',
    'deploymentId=deployment_id', 'planId=plan_id', 'emergencyId=emergency_id', 'reason=reason', 'waitedFor=waited_for');
