-- The repository that pipelines are provisioned through by pull requests; all three or none.
alter table account_settings
  add column pipeline_repository_provider text,
  add column pipeline_repository_name text,
  add column pipeline_repository_branch text,
  add check (num_nulls(pipeline_repository_provider, pipeline_repository_name, pipeline_repository_branch) in (0, 3));
