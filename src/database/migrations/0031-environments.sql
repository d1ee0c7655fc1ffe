-- Environments: what instances run in.
create table environment (
  name text primary key,
  arn text not null unique,
  description text,
  template_kind text not null default 'environment' check (template_kind = 'environment'),
  template_name text not null,
  -- the version that is wanted: the one being deployed, or that of the last success
  target_major integer not null,
  target_minor integer not null,
  target_spec text not null,
  -- the version that was last deployed with success; null before the first
  deployed_major integer,
  deployed_minor integer,
  deployed_spec text,
  -- provisioned by its owner; its spec gives its outputs
  customer_managed boolean not null,
  proton_service_role_arn text,
  codebuild_role_arn text,
  component_role_arn text,
  provisioning_repository jsonb,
  status text not null,
  status_message text,
  last_attempted_at timestamptz not null,
  last_succeeded_at timestamptz,
  last_attempted_id text,
  last_succeeded_id text,
  create_hash text not null,
  -- whether it was changed since it was created
  modified boolean not null default false,
  created_at timestamptz not null,
  foreign key (template_kind, template_name, target_major, target_minor)
    references template_version (kind, template_name, major_version, minor_version) on delete restrict,
  foreign key (template_kind, template_name, deployed_major, deployed_minor)
    references template_version (kind, template_name, major_version, minor_version) on delete restrict
);
create index environment_newest on environment (created_at desc, name);
create index environment_target_version on environment (template_name, target_major, target_minor);
create index environment_deployed_version on environment (template_name, deployed_major, deployed_minor);
