-- One row: the settings of the account in which this installation runs pipelines.
create table account_settings (
  one boolean primary key default true check (one),
  pipeline_service_role_arn text,
  pipeline_codebuild_role_arn text
);
insert into account_settings default values;
