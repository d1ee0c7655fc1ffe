-- The organization: units as a tree, teams, who is in them, where every resource is placed and who owns it.
create table unit (
  name text primary key,
  -- null only of the root, which is always there
  parent text references unit (name) on delete restrict,
  description text,
  labels jsonb not null default '{}',
  created_at timestamptz(3) not null,
  check ((parent is null) = (name = 'organization'))
);
create index unit_parent on unit (parent);
insert into unit (name, created_at) values ('organization', now());

create table team (
  name text primary key,
  unit text not null references unit (name) on delete restrict,
  kind text not null,
  description text,
  labels jsonb not null default '{}',
  created_at timestamptz(3) not null,
  check (name <> 'administrators' or unit = 'organization')
);
create index team_unit on team (unit);
insert into team (name, unit, kind, description, created_at)
  values ('administrators', 'organization', 'administration', 'Who may change the organization itself.', now());

-- One row for each principal that is in a team, or once was: it tells who has left what behind.
create table membership (
  team text not null references team (name) on delete cascade,
  principal_id text not null references principal (id) on delete restrict,
  role text not null check (role in ('member', 'lead')),
  since timestamptz(3) not null,
  -- from then on it counts no more; null: without end
  ends_at timestamptz(3),
  primary key (team, principal_id)
);
create index membership_principal on membership (principal_id);
-- An upgrade takes no right away: whoever could act before may do what administrators may.
insert into membership (team, principal_id, role, since)
  select 'administrators', id, 'lead', now() from principal;

create table resource_placement (
  arn text primary key,
  kind text not null,
  -- null: that of what it is a part of, or else the root
  unit text references unit (name) on delete restrict,
  owner_team text references team (name) on delete restrict,
  data_owner_team text references team (name) on delete restrict,
  -- of an environment
  environment_class text check (environment_class is null or kind = 'environment'),
  -- of a service instance: the environment that it runs in
  environment_arn text,
  labels jsonb not null default '{}',
  created_at timestamptz(3) not null
);
create index resource_placement_unit on resource_placement (unit);
create index resource_placement_owner on resource_placement (owner_team);
create index resource_placement_data_owner on resource_placement (data_owner_team);
insert into resource_placement (arn, kind, environment_arn, created_at)
  select arn, kind || '-template', null, now() from template
  union all select arn, 'environment', null, now() from environment
  union all select arn, 'service', null, now() from service
  union all select arn, 'service-pipeline', null, now() from service_pipeline
  union all select i.arn, 'service-instance', e.arn, now()
    from service_instance i join environment e on e.name = i.environment_name;

-- Offers of ownership, and what became of them. Names are kept as they were; what an open offer names cannot go.
create table handover (
  id text primary key,
  resource_arn text not null,
  ownership text not null check (ownership in ('owner', 'data-owner')),
  -- null: nobody owned it
  from_team text,
  to_team text not null,
  -- the unit that the resource moves to with its owner; null: it stays where it is
  unit text,
  note text,
  state text not null check (state in ('offered', 'accepted', 'declined', 'withdrawn', 'expired')),
  offered_by text not null,
  offered_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  answered_by text,
  answered_at timestamptz(3),
  answer_note text
);
create unique index handover_open on handover (resource_arn, ownership) where state = 'offered';
create index handover_newest on handover (offered_at desc, id desc);
create index handover_due on handover (expires_at) where state = 'offered';

create trigger handover_tells after insert or update of state on handover
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Ownership Hand-over State Change', 'resource_arn', 'state', 'state',
    'handoverId=id', 'ownership=ownership', 'fromTeam=from_team', 'toTeam=to_team');
