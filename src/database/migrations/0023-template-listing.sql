-- Whether a template was changed since it was created: then creating it again is no longer the same request.
alter table template add column modified boolean not null default false;

-- What is recommended is asked with every answer about a template.
create index template_version_published on template_version (kind, template_name, major_version, minor_version)
  where status = 'PUBLISHED';
