-- A process that was silent for too long is declared dead once, before its work is taken over; it sees so itself.
alter table workflow_node add column buried_at timestamptz;
-- Which kinds of workflow a process runs; none: it only answers the API.
alter table workflow_node add column runs text[] not null default '{}';
