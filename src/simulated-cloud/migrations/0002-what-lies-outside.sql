-- Templates that the control door was given for an address.
create table object (
  url text primary key,
  body text not null
);

-- Values of the parameter store and of secrets, with their versions, as stacks or the control door have set them.
create table stored_value (
  key text primary key,
  record json not null
);

-- Answers of drift detection, by the id that a client was given.
create table drift_detection (
  id text primary key,
  record json not null
);
