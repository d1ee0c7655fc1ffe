-- Words that environments may have as their class: a misspelled one would escape every rule that names the right one. The
-- words that are in use, by environments or by what holds for them, are declared.
create table environment_class (
  name text primary key,
  declared_at timestamptz not null default now()
);
insert into environment_class (name)
select distinct name from (
  select unnest(array['sandbox', 'test', 'production'])
  union select environment_class from resource_placement
  union select substring(scope from '/environment-class:(.+)$') from model_assignment
  union select substring(scope from '/environment-class:(.+)$') from restriction
  union select substring(scope from '/environment-class:(.+)$') from guard_rail_setting
  union select (regexp_matches(text, 'environmentClass\s*[!=]=\s*"([^"]+)"', 'g'))[1] from rule_text
) as words (name)
where name ~ '^[a-z][a-z0-9-]{0,39}$';
alter table resource_placement
  add constraint resource_placement_environment_class_fkey foreign key (environment_class) references environment_class (name);
