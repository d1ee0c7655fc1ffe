-- What was done in a span of time, and every time one thing was done, without reading the whole audit.
create index audit_entry_at on audit_entry (at);
create index audit_entry_verb on audit_entry (verb, position desc);
