-- The processes that run workflows: who is alive, and whose work must be taken over.
create table workflow_node (
  executor_id text primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  stopped_at timestamptz
);
