-- Which rules hold changes seldom and is asked at every request: whoever has read them asks first whether they are still
-- those. The revision is random, so that one that was rolled back never comes again for something else.
create table rules_revision (
  only_row boolean primary key default true check (only_row),
  revision uuid not null
);
insert into rules_revision (revision) values (gen_random_uuid());

create function rules_changed() returns trigger language plpgsql as $$
begin
  update rules_revision set revision = gen_random_uuid();
  return null;
end
$$;
create trigger rules_changed after insert or update or delete or truncate on model_assignment
  for each statement execute function rules_changed();
create trigger rules_changed after insert or update or delete or truncate on restriction
  for each statement execute function rules_changed();
