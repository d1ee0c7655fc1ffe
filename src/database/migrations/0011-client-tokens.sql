-- Requests that their clients may send again: what the first of them made.
create table client_tokens (
  account_id text not null,
  operation text not null,
  token text not null,
  parameters_hash text not null,
  resource_arn text not null,
  remembered_at timestamptz not null,
  primary key (account_id, operation, token)
);
create index client_tokens_resource_arn on client_tokens (resource_arn);
create index client_tokens_remembered_at on client_tokens (remembered_at);
