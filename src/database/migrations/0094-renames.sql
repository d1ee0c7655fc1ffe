-- Units and teams may get other names: whatever names them follows. What is over (audit, decisions, answered offers) keeps
-- the name of its time.
alter table unit drop constraint unit_parent_fkey,
  add constraint unit_parent_fkey foreign key (parent) references unit (name) on update cascade on delete restrict;
alter table team drop constraint team_unit_fkey,
  add constraint team_unit_fkey foreign key (unit) references unit (name) on update cascade on delete restrict;
alter table membership drop constraint membership_team_fkey,
  add constraint membership_team_fkey foreign key (team) references team (name) on update cascade on delete cascade;
alter table resource_placement drop constraint resource_placement_unit_fkey,
  drop constraint resource_placement_owner_team_fkey, drop constraint resource_placement_data_owner_team_fkey,
  add constraint resource_placement_unit_fkey
    foreign key (unit) references unit (name) on update cascade on delete restrict,
  add constraint resource_placement_owner_team_fkey
    foreign key (owner_team) references team (name) on update cascade on delete restrict,
  add constraint resource_placement_data_owner_team_fkey
    foreign key (data_owner_team) references team (name) on update cascade on delete restrict;

-- What was set stays as it was set; only what its scope is called may change.
create function guard_rail_setting_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(new) - 'scope' = to_jsonb(old) - 'scope' then
    return new;
  end if;
  raise exception '% is only added to: it is never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
drop trigger guard_rail_setting_stays on guard_rail_setting;
create trigger guard_rail_setting_stays before update or delete on guard_rail_setting
  for each row execute function guard_rail_setting_stays();

create function is_scope_of(scope text, unit text) returns boolean language sql immutable as $$
  select scope = unit or starts_with(scope, unit || '/')
$$;

-- What held in a unit that is gone does not hold in one that gets its name later. Settings stay in the history.
create function scopes_retire(unit text) returns void language plpgsql as $$
begin
  delete from model_assignment where is_scope_of(scope, unit);
  delete from restriction where is_scope_of(scope, unit);
  update guard_rail_setting
    set scope = unit || '~' || floor(extract(epoch from clock_timestamp()) * 1000) || substr(scope, length(unit) + 1)
    where is_scope_of(scope, unit);
end
$$;
select scopes_retire(gone.unit) from (
  select split_part(scope, '/', 1) as unit from model_assignment
  union select split_part(scope, '/', 1) from restriction
  union select split_part(scope, '/', 1) from guard_rail_setting
) gone where gone.unit not in (select name from unit);

create function unit_gone() returns trigger language plpgsql as $$
begin
  perform scopes_retire(old.name);
  return null;
end
$$;
create trigger unit_ends_scopes after delete on unit for each row execute function unit_gone();

create function unit_renamed() returns trigger language plpgsql as $$
begin
  perform scopes_retire(new.name);
  update model_assignment set scope = new.name || substr(scope, length(old.name) + 1) where is_scope_of(scope, old.name);
  update restriction set scope = new.name || substr(scope, length(old.name) + 1) where is_scope_of(scope, old.name);
  update guard_rail_setting set scope = new.name || substr(scope, length(old.name) + 1)
    where is_scope_of(scope, old.name);
  update handover set unit = new.name where unit = old.name and state = 'offered';
  update emergency set unit = new.name where unit = old.name and state <> 'ended';
  update former_placement set unit_path = array_replace(unit_path, old.name, new.name) where old.name = any(unit_path);
  -- told and not yet written down for whom: webhooks have the new name already
  update event set unit_path = array_replace(unit_path, old.name, new.name)
    where position is null and old.name = any(unit_path);
  return null;
end
$$;
create trigger unit_takes_along after update of name on unit
  for each row when (new.name <> old.name) execute function unit_renamed();

create function team_renamed() returns trigger language plpgsql as $$
begin
  update handover set from_team = new.name where from_team = old.name;
  update handover set to_team = new.name where to_team = old.name;
  update stored_object set owner_team = new.name where owner_team = old.name;
  update federation_rule set teams = (
    select jsonb_agg(case when each = to_jsonb(old.name) then to_jsonb(new.name) else each end)
    from jsonb_array_elements(teams) each
  ) where teams ? old.name;
  update approval_request set waits_for = replace(waits_for, '(team ' || old.name || ')', '(team ' || new.name || ')')
    where state = 'wanted';
  return null;
end
$$;
create trigger team_takes_along after update of name on team
  for each row when (new.name <> old.name) execute function team_renamed();

-- Who gets the name of a team that is gone has neither its uploads nor a part in its hand-overs.
create function team_gone() returns trigger language plpgsql as $$
begin
  update stored_object set owner_team = null where owner_team = old.name;
  update handover set from_team = from_team || '~' where from_team = old.name;
  update handover set to_team = to_team || '~' where to_team = old.name;
  return null;
end
$$;
create trigger team_leaves_nothing after delete on team for each row execute function team_gone();
update stored_object set owner_team = null where owner_team not in (select name from team);
update handover set from_team = from_team || '~' where from_team not in (select name from team);
update handover set to_team = to_team || '~' where to_team not in (select name from team);
