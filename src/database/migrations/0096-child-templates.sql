-- Templates of nested stacks that a rendering brought with it: many deployments bring the same, each is kept once.
create table child_template (
  -- of its text
  digest text primary key,
  text text not null
);
-- digests of them by their path below the folder of the part; null: rendered before they were kept
alter table deployment_rendering add column child_templates jsonb;
