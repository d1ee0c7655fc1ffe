-- Rules of who may do what: texts by what they say, an installation's own policies and their versions, where which of
-- them holds, and every decision with all that it was made of.
create function never_changed() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to: it is never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create table rule_text (
  -- sha256:...
  digest text primary key,
  text text not null
);

create table policy (
  name text primary key,
  purpose text not null check (purpose in ('model', 'restriction')),
  created_at timestamptz(3) not null
);

create table policy_version (
  policy text not null references policy (name) on delete restrict,
  version integer not null check (version > 0),
  digest text not null references rule_text (digest) on delete restrict,
  -- a principal's name, as it was then
  written_by text not null,
  written_at timestamptz(3) not null,
  primary key (policy, version)
);

-- One model for each scope.
create table model_assignment (
  -- e.g. shop/environment-class:production
  scope text primary key,
  -- of a policy, or of one that is shipped
  model text not null,
  -- null: one that is shipped, as this release has it
  version integer,
  assigned_by text not null,
  assigned_at timestamptz(3) not null,
  -- with version null nothing is referred to
  foreign key (model, version) references policy_version (policy, version) on delete restrict
);

create table restriction (
  scope text not null,
  policy text not null,
  version integer not null,
  attached_by text not null,
  attached_at timestamptz(3) not null,
  primary key (scope, policy),
  foreign key (policy, version) references policy_version (policy, version) on delete restrict
);

-- All rules that were in force at some moment: names, scopes and digests of texts.
create table policies_snapshot (
  digest text primary key,
  content jsonb not null
);

create table decision (
  id text primary key,
  at timestamptz(3) not null,
  principal_id text not null,
  -- the name, as it was then
  principal text not null,
  verb text not null,
  resource_arn text not null,
  verdict text not null check (verdict in ('allow', 'deny', 'needs-approvals')),
  -- everything that it depended on, and everything that was answered
  request jsonb not null,
  answer jsonb not null,
  policies text not null references policies_snapshot (digest) on delete restrict
);
create index decision_newest on decision (at desc, id desc);
create index decision_of_resource on decision (resource_arn, at desc, id desc);

create trigger rule_text_stays before update or delete on rule_text for each row execute function never_changed();
create trigger rule_text_stays_whole before truncate on rule_text for each statement execute function never_changed();
create trigger policy_version_stays before update or delete on policy_version for each row execute function never_changed();
create trigger policy_version_stays_whole before truncate on policy_version for each statement execute function never_changed();
create trigger policies_snapshot_stays before update or delete on policies_snapshot for each row execute function never_changed();
create trigger policies_snapshot_stays_whole before truncate on policies_snapshot for each statement execute function never_changed();
create trigger decision_stays before update or delete on decision for each row execute function never_changed();
create trigger decision_stays_whole before truncate on decision for each statement execute function never_changed();
