-- What becomes of a version whose number says less than it does: publishing it is refused, or it only warns.
alter table template
  add column version_enforcement text not null default 'refuse' check (version_enforcement in ('refuse', 'warn'));

alter table template_version
  -- deprecated: nothing new comes to it; withdrawn: nothing is deployed at it any more
  add column availability text not null default 'open' check (availability in ('open', 'deprecated', 'withdrawn')),
  add column availability_reason text,
  -- by name, in place of the highest
  add column is_recommended boolean not null default false,
  -- what it does, compared with the version before it; null when it was registered before there were reports
  add column report jsonb;
create unique index template_version_recommended on template_version (kind, template_name, major_version)
  where is_recommended;

-- The one that is recommended in each major: the one that was named, else the highest that is published and open.
create view template_recommended as
  select distinct on (kind, template_name, major_version) kind, template_name, major_version, minor_version
  from template_version
  where status = 'PUBLISHED' and availability = 'open'
  order by kind, template_name, major_version, is_recommended desc, minor_version desc;
