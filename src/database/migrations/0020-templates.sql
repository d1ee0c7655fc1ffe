-- The registry: templates of both kinds, their versions, and the bundles these were registered with.

create table bundle (
  digest text primary key,
  stored_at timestamptz not null
);

create table bundle_file (
  digest text not null references bundle (digest) on delete cascade,
  path text not null,
  content bytea not null,
  primary key (digest, path)
);

create table template (
  kind text not null check (kind in ('environment', 'service')),
  name text not null,
  -- tells two lives of one name apart
  creation_id text not null unique,
  arn text not null unique,
  display_name text,
  description text,
  encryption_key text,
  -- environment: provisioned by its owner; service: without pipeline
  customer_managed boolean not null,
  create_hash text not null,
  created_at timestamptz not null,
  last_modified_at timestamptz not null,
  primary key (kind, name)
);
create index template_newest on template (kind, created_at desc, name);

-- Numbers of versions are never given twice, even after one was deleted.
create table template_major (
  kind text not null,
  template_name text not null,
  major_version integer not null,
  last_minor integer not null,
  primary key (kind, template_name, major_version),
  foreign key (kind, template_name) references template (kind, name) on delete cascade
);

create table template_version (
  kind text not null,
  template_name text not null,
  major_version integer not null,
  minor_version integer not null,
  arn text not null unique,
  registration_id text not null unique,
  status text not null check (status in ('REGISTRATION_IN_PROGRESS', 'REGISTRATION_FAILED', 'DRAFT', 'PUBLISHED')),
  status_message text not null default '',
  description text,
  source jsonb not null,
  compatible_environment_templates jsonb not null default '[]',
  supported_component_sources jsonb not null default '[]',
  schema_text text,
  bundle_digest text references bundle (digest) on delete restrict,
  findings jsonb not null default '[]',
  created_at timestamptz not null,
  last_modified_at timestamptz not null,
  primary key (kind, template_name, major_version, minor_version),
  foreign key (kind, template_name) references template (kind, name) on delete restrict
);
create index template_version_bundle on template_version (bundle_digest);
create index template_version_registering on template_version (created_at) where status = 'REGISTRATION_IN_PROGRESS';
