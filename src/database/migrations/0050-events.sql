-- Events: what happened, told in the transaction in which it happened, and kept for a while for whoever asks later.
create table event (
  -- the order in which they were told; transactions that overlap commit in another order
  told bigint generated always as identity primary key,
  id text not null unique default gen_random_uuid()::text,
  -- the order in which they are read, given after the commit: who has read up to a position has missed nothing
  position bigint unique,
  source text not null,
  type text not null,
  -- the ARN of the thing that it is about
  resource text not null,
  detail jsonb not null,
  at timestamptz(3) not null default clock_timestamp()
);
create index event_unpublished on event (told) where position is null;

-- One row, and the lock of whoever gives positions or forgets events.
create table event_log (
  singleton boolean primary key default true check (singleton),
  last_position bigint not null default 0,
  -- up to here events were forgotten
  forgotten_position bigint not null default 0
);
insert into event_log default values;

create function event_tell(source text, type text, resource text, detail jsonb) returns void language plpgsql as $$
begin
  insert into event (source, type, resource, detail) values (source, type, resource, jsonb_strip_nulls(detail));
  perform pg_notify('event', 'told');
end
$$;

-- Tells the change of a column: a row that comes has no previous value, one that goes becomes DELETED.
-- Arguments: source, type, column of the resource's ARN, column that is watched, its name in the detail, and the
-- further details as name=column.
create function event_of_change() returns trigger language plpgsql as $$
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
  perform event_tell(tg_argv[0], tg_argv[1], coalesce(after, before) ->> tg_argv[2], detail);
  return null;
end
$$;

create trigger environment_tells after insert or delete or update of status on environment
  for each row execute function event_of_change(
    'aws.proton', 'AWS Proton Environment Status Change', 'arn', 'status', 'status', 'name=name');

create trigger service_tells after insert or delete or update of status on service
  for each row execute function event_of_change(
    'aws.proton', 'AWS Proton Service Status Change', 'arn', 'status', 'status', 'name=name');

create trigger service_instance_tells after insert or delete or update of deployment_status on service_instance
  for each row execute function event_of_change(
    'aws.proton', 'AWS Proton Service Instance Status Change', 'arn', 'deployment_status', 'status',
    'name=name', 'serviceName=service_name');

create trigger service_pipeline_tells after insert or delete or update of deployment_status on service_pipeline
  for each row execute function event_of_change(
    'aws.proton', 'AWS Proton Service Pipeline Status Change', 'arn', 'deployment_status', 'status',
    'serviceName=service_name');

create trigger deployment_tells after insert or update of state on deployment
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Deployment State Change', 'target_arn', 'state', 'state',
    'deploymentId=id', 'operation=operation', 'targetKind=target_kind', 'environmentName=environment_name',
    'serviceName=service_name', 'serviceInstanceName=service_instance_name', 'componentName=component_name',
    'message=message');

-- Templates and their versions are of two kinds, and the kind is in the type of the event. A template has no status
-- of its own: it is PUBLISHED while one of its versions is.
create function event_of_template() returns trigger language plpgsql as $$
declare
  changed constant template := coalesce(new, old);
begin
  perform event_tell(
    'aws.proton',
    'AWS Proton ' || initcap(changed.kind) || ' Template Status Change',
    changed.arn,
    jsonb_build_object(
      'name', changed.name,
      'status', case tg_op when 'INSERT' then 'DRAFT' else 'DELETED' end,
      'previousStatus', case tg_op when 'DELETE' then 'DRAFT' end
    )
  );
  return null;
end
$$;

create trigger template_tells after insert or delete on template
  for each row execute function event_of_template();

create function event_of_template_version() returns trigger language plpgsql as $$
declare
  changed constant template_version := coalesce(new, old);
  was constant text := old.status;
  becomes constant text := coalesce(new.status, 'DELETED');
  thing constant text := 'AWS Proton ' || initcap(changed.kind) || ' Template ';
begin
  if was = becomes then
    return null;
  end if;
  perform event_tell('aws.proton', thing || 'Version Status Change', changed.arn, jsonb_build_object(
    'name', changed.template_name,
    'majorVersion', changed.major_version::text,
    'minorVersion', changed.minor_version::text,
    'status', becomes,
    'previousStatus', was
  ));
  if was = 'PUBLISHED' or becomes = 'PUBLISHED' then
    perform event_tell('aws.proton', thing || 'Status Change', template.arn, jsonb_build_object(
      'name', template.name,
      'status', case becomes when 'PUBLISHED' then 'PUBLISHED' else 'DRAFT' end,
      'previousStatus', case becomes when 'PUBLISHED' then 'DRAFT' else 'PUBLISHED' end
    ))
    from template
    where template.kind = changed.kind and template.name = changed.template_name and not exists (
      select from template_version other
      where other.kind = changed.kind and other.template_name = changed.template_name
        and other.status = 'PUBLISHED' and other.arn <> changed.arn
    );
  end if;
  return null;
end
$$;

create trigger template_version_tells after insert or delete or update of status on template_version
  for each row execute function event_of_template_version();
