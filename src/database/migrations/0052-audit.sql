-- Who did what, and what came of it. Entries are only ever added, and each is chained to the one before by its hash.
create table audit_entry (
  -- from 1 without gaps, in the order of commits
  position bigint primary key,
  at timestamptz(3) not null,
  -- null: Deuteron itself
  principal_id text,
  principal text not null,
  -- e.g. proton:CreateEnvironment
  verb text not null,
  -- an ARN; null when the request did not say which thing
  target text,
  request_id text not null,
  outcome text not null check (outcome in ('accepted', 'refused', 'failed')),
  -- of a refusal
  code text,
  hash bytea not null
);
create index audit_entry_target on audit_entry (target, position desc);
create index audit_entry_principal on audit_entry (principal, position desc);

create function audit_hash(former bytea, entry audit_entry) returns bytea language sql stable as $$
  select sha256(former || convert_to(jsonb_build_array(
    entry.position, floor(extract(epoch from entry.at) * 1000)::bigint, entry.principal_id, entry.principal, entry.verb,
    entry.target, entry.request_id, entry.outcome, entry.code
  )::text, 'UTF8'))
$$;

-- Entries are added one after the other: whoever adds one holds the lock until his commit, so let it be the last that a
-- transaction does.
create function audit_chain() returns trigger language plpgsql as $$
declare
  former audit_entry;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit', 0));
  select * into former from audit_entry order by position desc limit 1;
  new.position := coalesce(former.position, 0) + 1;
  new.at := clock_timestamp();
  new.hash := audit_hash(coalesce(former.hash, ''), new);
  return new;
end
$$;
create trigger audit_chains before insert on audit_entry for each row execute function audit_chain();

create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise exception 'audit entries are never changed or deleted' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_stays before update or delete on audit_entry for each row execute function audit_refuse();
create trigger audit_stays_whole before truncate on audit_entry for each statement execute function audit_refuse();
