-- A class of environments that a model, a restriction or a guard rail in force names cannot go, not even at the moment in
-- which it comes to be named: who gets the word later would come under what was meant for another.
create function class_of_scope(scope text) returns text language sql immutable as $$
  select substring(scope from '/environment-class:([a-z][a-z0-9-]{0,39})$')
$$;

create view class_user (name, what, scope) as
select class_of_scope(scope), 'model ' || model, scope from model_assignment
union all
select class_of_scope(scope), 'restriction ' || policy, scope from restriction
union all
select class_of_scope(scope), 'guard rail ' || rail, scope from (
  select distinct on (rail, scope) rail, scope, effect from guard_rail_setting
  where scope not like '%~%' order by rail, scope, version desc
) as latest where effect <> 'off';

-- what was withdrawn while it was named
insert into environment_class (name) select distinct name from class_user where name is not null
on conflict do nothing;

create function class_is_declared() returns trigger language plpgsql as $$
begin
  perform from environment_class where name = class_of_scope(new.scope) for key share;
  if not found then
    raise exception '% is no class of environments', class_of_scope(new.scope)
      using errcode = 'foreign_key_violation', table = tg_table_name;
  end if;
  return new;
end
$$;
create trigger class_is_declared before insert on model_assignment
  for each row when (class_of_scope(new.scope) is not null) execute function class_is_declared();
create trigger class_is_declared before insert on restriction
  for each row when (class_of_scope(new.scope) is not null) execute function class_is_declared();
create trigger class_is_declared before insert on guard_rail_setting
  for each row when (class_of_scope(new.scope) is not null and new.effect <> 'off') execute function class_is_declared();

create function class_is_unused() returns trigger language plpgsql as $$
begin
  if exists (select from class_user where name = old.name) then
    raise exception 'the class % is named where something holds', old.name
      using errcode = 'foreign_key_violation', table = 'class_user';
  end if;
  return null;
end
$$;
create trigger class_is_unused after delete on environment_class
  for each row execute function class_is_unused();
