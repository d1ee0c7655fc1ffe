create table tag (
  resource_arn text not null,
  key text not null,
  value text not null,
  primary key (resource_arn, key)
);
