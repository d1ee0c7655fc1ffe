-- A session is named by this in lists: never by what the browser holds, nor its hash.
alter table browser_session add column id text not null unique default gen_random_uuid()::text;

-- The audit of one principal, as everybody to whom it is not open asks for his own.
create index audit_entry_principal_id on audit_entry (principal_id, position desc);
