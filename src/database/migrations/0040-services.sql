-- Services, their instances and their pipelines. Specs are kept verbatim; what a part was last deployed with stands beside
-- what was last attempted, so that a failed first deployment can still be mended (public roadmap issue 81).

create table service (
  name text primary key,
  arn text not null unique,
  description text,
  template_kind text not null default 'service' check (template_kind = 'service'),
  template_name text not null,
  -- the major that CreateService named; instances that are added later start from it
  major_version integer not null,
  branch_name text,
  repository_connection_arn text,
  repository_id text,
  spec text not null,
  status text not null,
  status_message text,
  -- what is being done to the service now; null when nothing is
  work jsonb,
  -- what CreateService was asked for, to tell a repeated request from another one
  create_hash text not null,
  -- whether the service was changed since
  modified boolean not null default false,
  created_at timestamptz not null,
  last_modified_at timestamptz not null,
  foreign key (template_kind, template_name) references template (kind, name) on delete restrict
);
create index service_created on service (created_at desc, name);

create table service_instance (
  service_name text not null references service (name) on delete restrict,
  name text not null,
  arn text not null unique,
  environment_name text not null references environment (name) on delete restrict,
  template_kind text not null default 'service' check (template_kind = 'service'),
  template_name text not null,
  deployed_major integer,
  deployed_minor integer,
  deployed_spec text,
  target_major integer not null,
  target_minor integer not null,
  target_spec text not null,
  deployment_status text not null,
  deployment_status_message text,
  last_attempted_deployment_id text,
  last_succeeded_deployment_id text,
  last_deployment_attempted_at timestamptz not null,
  last_deployment_succeeded_at timestamptz,
  last_client_request_token text,
  created_at timestamptz not null,
  primary key (service_name, name),
  foreign key (template_kind, template_name, deployed_major, deployed_minor)
    references template_version (kind, template_name, major_version, minor_version) on delete restrict,
  foreign key (template_kind, template_name, target_major, target_minor)
    references template_version (kind, template_name, major_version, minor_version) on delete restrict
);
create index service_instance_environment on service_instance (environment_name);
create index service_instance_version on service_instance (template_name, deployed_major, deployed_minor);
create index service_instance_target_version on service_instance (template_name, target_major, target_minor);

create table service_pipeline (
  service_name text primary key references service (name) on delete restrict,
  arn text not null unique,
  template_kind text not null default 'service' check (template_kind = 'service'),
  template_name text not null,
  deployed_major integer,
  deployed_minor integer,
  deployed_spec text,
  target_major integer not null,
  target_minor integer not null,
  target_spec text not null,
  deployment_status text not null,
  deployment_status_message text,
  last_attempted_deployment_id text,
  last_succeeded_deployment_id text,
  last_deployment_attempted_at timestamptz not null,
  last_deployment_succeeded_at timestamptz,
  created_at timestamptz not null,
  foreign key (template_kind, template_name, deployed_major, deployed_minor)
    references template_version (kind, template_name, major_version, minor_version) on delete restrict,
  foreign key (template_kind, template_name, target_major, target_minor)
    references template_version (kind, template_name, major_version, minor_version) on delete restrict
);
