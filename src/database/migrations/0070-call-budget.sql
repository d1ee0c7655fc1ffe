-- How many calls Deuteron makes in an account: shared by all its processes. One row for each account, region and API.
create table call_budget (
  account_id text not null,
  region text not null,
  api text not null,
  -- when the next call would come if none of the burst were left
  free_at timestamptz(3) not null,
  -- set when the service last throttled a call of ours, with the calls a second from then on
  slowed_at timestamptz(3),
  slowed_per_second double precision,
  primary key (account_id, region, api),
  check (num_nulls(slowed_at, slowed_per_second) in (0, 2))
);
