-- Who approved an exception, and what he was to the thing when he did: some models want more than one.
alter table guard_rail_exception add column approvals jsonb not null default '[]';
