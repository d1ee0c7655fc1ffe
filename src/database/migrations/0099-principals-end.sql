-- People leave and machines are switched off; some come back.
alter table principal
  -- from then on nothing that he has counts; null: without end
  add column ends_at timestamptz(3),
  -- since then he is back: what he had before (keys, tokens, sign-ins, delegations) stays without effect
  add column returned_at timestamptz(3),
  -- what was told of it; what counts is ends_at
  add column state text not null default 'present' check (state in ('present', 'leaving', 'ended')),
  -- the resource that events name
  add column resource text generated always as ('principal/' || name) stored;
create index principal_due on principal (ends_at) where state = 'leaving';

create trigger principal_tells after update of state on principal
  for each row execute function event_of_change(
    'deuteron', 'Deuteron Principal State Change', 'resource', 'state', 'state', 'name=name', 'kind=kind',
    'until=ends_at');

-- Answers of who is gone, to what still waits, are looked for.
create index approval_given_by on approval (principal_id) where state = 'given';
