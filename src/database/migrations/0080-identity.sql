-- How principals prove who they are, beside lasting access keys.

-- 'issued' to a person or machine by who may, or 'federation': for a job, in exchange for its own token
alter table access_key add column origin text not null default 'issued' check (origin in ('issued', 'federation'));

-- who vouches for a membership: 'provider', the groups of a sign-in, or 'federation', a rule; null: people
alter table membership add column granted_by text check (granted_by in ('provider', 'federation'));

create table api_token (
  id text primary key,
  principal_id text not null references principal (id) on delete cascade,
  name text not null,
  -- SHA-256 of the token, which is 256 bits of chance: nothing to guess, nothing to seal
  hash bytea not null unique,
  scope text not null check (scope in ('read', 'full')),
  origin text not null check (origin in ('issued', 'sign-in', 'federation')),
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  last_used_at timestamptz(3)
);
create index api_token_principal on api_token (principal_id, created_at desc, id);

-- Which jobs of which issuers may act as which machine.
create table federation_rule (
  name text primary key,
  issuer text not null,
  audience text not null,
  subject text not null,
  claims jsonb not null,
  principal text not null references principal (name) on delete restrict,
  teams jsonb not null,
  minutes integer not null check (minutes between 1 and 720),
  once boolean not null,
  created_at timestamptz(3) not null
);
create index federation_rule_issuer on federation_rule (issuer);

-- Tokens of jobs that may be used once and were; kept until they expire.
create table federation_use (
  issuer text not null,
  token_id text not null,
  expires_at timestamptz(3) not null,
  primary key (issuer, token_id)
);
create index federation_use_expiry on federation_use (expires_at);

-- Whom a provider of OpenID Connect knows: never by e-mail, which it may give to somebody else.
create table external_identity (
  issuer text not null,
  subject text not null,
  principal_id text not null references principal (id) on delete cascade,
  created_at timestamptz(3) not null,
  primary key (issuer, subject)
);
create index external_identity_principal on external_identity (principal_id);

-- What a command line gets its token with, once, after a sign-in in the browser.
create table sign_in_code (
  hash bytea primary key,
  principal_id text not null references principal (id) on delete cascade,
  challenge text not null,
  expires_at timestamptz(3) not null
);
create index sign_in_code_expiry on sign_in_code (expires_at);

-- Hashes, as of everything that a browser holds.
create table browser_session (
  hash bytea primary key,
  principal_id text not null references principal (id) on delete cascade,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index browser_session_expiry on browser_session (expires_at);
create index browser_session_principal on browser_session (principal_id);
