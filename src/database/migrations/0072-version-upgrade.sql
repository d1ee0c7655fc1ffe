-- What upgrades of inputs need of a version: its schema, and the upgrade steps of its bundle. Versions and bundles may be
-- deleted; whoever comes from an older version still passes through them.
create table template_version_upgrade (
  kind text not null,
  template_name text not null,
  major_version integer not null,
  minor_version integer not null,
  schema_text text not null,
  -- path in the bundle: text of the file
  steps jsonb not null default '{}',
  primary key (kind, template_name, major_version, minor_version),
  -- with its template nobody is left who could be upgraded
  foreign key (kind, template_name) references template (kind, name) on delete cascade
);

-- Versions that were registered before steps were known have none.
insert into template_version_upgrade (kind, template_name, major_version, minor_version, schema_text)
  select kind, template_name, major_version, minor_version, schema_text
  from template_version where status in ('DRAFT', 'PUBLISHED') and schema_text is not null;
