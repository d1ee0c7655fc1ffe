-- What the comparison without a cloud says of one account and region; what the provider says stands beside it.
alter table deployment_placement add column analysis jsonb;

-- The plan that whoever asked has seen: no other one is applied.
alter table deployment add column expected_plan text;

-- Plans made without deploying: to be read, applied, and compared with what would be applied later.
create table planned_change (
  id text primary key,
  target_arn text not null,
  plan jsonb not null,
  -- what was asked for, so that applying asks for the same
  request jsonb not null,
  made_at timestamptz not null
);
create index planned_change_made on planned_change (made_at);

-- Plans of before were not judged.
update deployment_plan
set plan = (plan - 'previews') || '{"changeClass": "unknown", "verdict": "unknown", "flags": [], "targets": [], "irreversible": [], "notes": []}'
where plan ->> 'changeClass' = 'unclassified';
