-- What has a name now is not what had it before. Records name the incarnation of the thing that they are about, and events
-- keep where it was when they were told.
alter table resource_placement add column incarnation text not null default gen_random_uuid()::text;

-- Where a thing was when it was deleted, for what is told of it afterwards: the last of each name.
create table former_placement (
  arn text primary key,
  incarnation text not null,
  -- root first
  unit_path text[] not null
);

-- From the root down to a unit.
create function unit_path(unit text) returns text[] language sql stable as $$
  with recursive above as (
    select each.name, each.parent, 0 as height from unit each where each.name = $1
    union all
    select each.name, each.parent, above.height + 1 from unit each join above on each.name = above.parent
  )
  select coalesce(array_agg(name order by height desc), '{organization}') from above
$$;

create function placement_path(own_arn text, own_unit text) returns text[] language sql stable as $$
  select unit_path(coalesce(own_unit, (
    select whole.unit from resource_placement whole where whole.arn = substring(own_arn from '^(.*:service/[^/]+)/')
  ), 'organization'))
$$;

create function former_placement_keep() returns trigger language plpgsql as $$
begin
  insert into former_placement values (old.arn, old.incarnation, placement_path(old.arn, old.unit))
  on conflict (arn) do update set incarnation = excluded.incarnation, unit_path = excluded.unit_path;
  return old;
end
$$;
create trigger resource_placement_is_kept before delete on resource_placement
  for each row execute function former_placement_keep();

-- Of a resource, or of the incarnation of it that is wanted; of what nobody knows: the root.
create function place_of(resource text, wanted text, out incarnation text, out path text[]) language plpgsql stable as $$
declare
  thing constant text := regexp_replace(resource, '(-template/[^/:]+):\d+\.\d+$', '\1');
begin
  if starts_with(resource, 'unit/') then
    path := unit_path(substr(resource, 6));
    return;
  end if;
  select own.incarnation, placement_path(own.arn, own.unit) into incarnation, path
    from resource_placement own where own.arn = thing and (wanted is null or own.incarnation = wanted);
  if not found then
    select former.incarnation, former.unit_path into incarnation, path
      from former_placement former where former.arn = thing and (wanted is null or former.incarnation = wanted);
  end if;
  incarnation := coalesce(incarnation, wanted);
  path := coalesce(path, '{organization}');
end
$$;

create function incarnation_of_target() returns trigger language plpgsql as $$
begin
  new.incarnation := (select own.incarnation from resource_placement own where own.arn = new.target_arn);
  return new;
end
$$;
create function incarnation_of_resource() returns trigger language plpgsql as $$
begin
  new.incarnation := (select own.incarnation from resource_placement own where own.arn = new.resource_arn);
  return new;
end
$$;

alter table deployment add column incarnation text;
alter table planned_change add column incarnation text;
alter table guard_rail_exception add column incarnation text;
alter table handover add column incarnation text;
alter table decision add column incarnation text;
create trigger deployment_is_of before insert on deployment for each row execute function incarnation_of_target();
create trigger planned_change_is_of before insert on planned_change for each row execute function incarnation_of_target();
create trigger guard_rail_exception_is_of before insert on guard_rail_exception
  for each row execute function incarnation_of_target();
create trigger handover_is_of before insert on handover for each row execute function incarnation_of_resource();
create trigger decision_is_of before insert on decision for each row execute function incarnation_of_resource();

-- A plan of what is not there yet is about what was made by it.
create function planned_change_becomes() returns trigger language plpgsql as $$
begin
  update planned_change set incarnation = new.incarnation where id = new.expected_plan and incarnation is null;
  return null;
end
$$;
create trigger deployment_makes_planned after insert on deployment
  for each row when (new.expected_plan is not null and new.operation = 'create')
  execute function planned_change_becomes();

alter table event
  add column incarnation text,
  -- root first
  add column unit_path text[] not null default '{organization}';

drop function event_tell(text, text, text, jsonb);
-- Deuteron's own events say in which unit it happened; Proton's are as Proton's were.
create function event_tell(source text, type text, resource text, detail jsonb, incarnation text default null)
returns void language plpgsql as $$
declare
  place constant record := place_of(resource, incarnation);
begin
  if source = 'deuteron' then
    detail := jsonb_build_object('unit', place.path[cardinality(place.path)]) || detail;
  end if;
  insert into event (source, type, resource, detail, incarnation, unit_path)
    values (source, type, resource, jsonb_strip_nulls(detail), place.incarnation, place.path);
  perform pg_notify('event', 'told');
end
$$;

create or replace function event_of_change() returns trigger language plpgsql as $$
declare
  before constant jsonb := to_jsonb(old);
  after constant jsonb := to_jsonb(new);
  watched constant text := tg_argv[3];
  name constant text := tg_argv[4];
  detail jsonb := '{}';
  pair text[];
begin
  if tg_op = 'UPDATE' and before ->> watched = after ->> watched then
    return null;
  end if;
  for i in 5 .. tg_nargs - 1 loop
    pair := string_to_array(tg_argv[i], '=');
    detail := detail || jsonb_build_object(pair[1], coalesce(after, before) -> pair[2]);
  end loop;
  detail := detail || jsonb_build_object(
    name, coalesce(after ->> watched, 'DELETED'),
    'previous' || upper(left(name, 1)) || substr(name, 2), before ->> watched
  );
  perform event_tell(
    tg_argv[0], tg_argv[1], coalesce(after, before) ->> tg_argv[2], detail, coalesce(after, before) ->> 'incarnation');
  return null;
end
$$;

-- What is older than the thing that has the name now is about another one.
create temporary table thing on commit drop as
  select arn, made.created_at, placed.incarnation from (
    select arn, created_at from template
    union all select arn, created_at from environment
    union all select arn, created_at from service
    union all select arn, created_at from service_instance
    union all select arn, created_at from service_pipeline
  ) made join resource_placement placed using (arn);
update deployment set incarnation = thing.incarnation from thing
  where thing.arn = target_arn and date_trunc('milliseconds', thing.created_at) <= deployment.created_at;
update planned_change set incarnation = thing.incarnation from thing
  where thing.arn = target_arn and thing.created_at <= made_at;
update guard_rail_exception set incarnation = thing.incarnation from thing
  where thing.arn = target_arn and thing.created_at <= requested_at;
update handover set incarnation = thing.incarnation from thing
  where thing.arn = resource_arn and thing.created_at <= offered_at;
alter table decision disable trigger decision_stays;
update decision set incarnation = thing.incarnation from thing where thing.arn = resource_arn and thing.created_at <= at;
alter table decision enable trigger decision_stays;
update event set incarnation = thing.incarnation from thing
  where thing.arn = regexp_replace(resource, '(-template/[^/:]+):\d+\.\d+$', '\1') and thing.created_at <= at;
update event set unit_path = (place_of(resource, event.incarnation)).path where position is null;

-- A webhook is told of what is in its unit and below.
alter table webhook add column unit text not null default 'organization'
  references unit (name) on update cascade on delete restrict;
create index webhook_unit on webhook (unit);
