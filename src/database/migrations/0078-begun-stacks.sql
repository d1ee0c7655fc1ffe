-- What the provider said that it works on, of each thing in each account and region: what a deletion must prove gone.
create table begun_stack (
  target_arn text not null references deployment_target (arn) on delete cascade,
  account_id text not null,
  region text not null,
  -- where it lies, and as whom we act there
  placement jsonb not null,
  -- the provider's own identifier
  stack_id text not null,
  primary key (target_arn, account_id, region)
);
insert into begun_stack (target_arn, account_id, region, placement, stack_id)
  select distinct on (1, 2, 3) arn, each->'placement'->>'accountId', each->'placement'->>'region', each->'placement', each->>'identifier'
  from deployment_target, jsonb_array_elements(resources) as each;

-- What a deployment gives up where it has to continue a failed rollback first: logical ids.
alter table deployment add column rollback_skips jsonb;
