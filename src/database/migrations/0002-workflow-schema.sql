-- Where the workflow engine keeps its own tables, which it makes itself.
create schema if not exists dbos;
