-- Requests that their clients may send again: what the first of them made.
create table client_token (
  account_id text not null,
  operation text not null,
  token text not null,
  parameters_hash text not null,
  resource_arn text not null,
  remembered_at timestamptz not null,
  primary key (account_id, operation, token)
);
create index client_token_resource_arn on client_token (resource_arn);
create index client_token_remembered_at on client_token (remembered_at);
