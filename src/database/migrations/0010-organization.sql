-- Who may act, and the keys they sign with.
create table principal (
  id text primary key,
  name text not null unique,
  kind text not null check (kind in ('person', 'machine')),
  created_at timestamptz not null
);

create table access_key (
  id text primary key,
  principal_id text not null references principal (id) on delete cascade,
  -- AES-256-GCM under the sealing key, never in clear
  sealed_secret bytea not null,
  sealed_session_token bytea,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index access_key_principal_id on access_key (principal_id);
