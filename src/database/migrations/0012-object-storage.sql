-- Uploaded objects, as S3 clients know them. Bytes lie in blobs; an object is a row of blobs.
create table bucket (
  name text primary key,
  created_at timestamptz not null
);
insert into bucket (name, created_at) values ('deuteron', now());

create table blob (
  id text primary key,
  size_bytes bigint not null default 0,
  -- since when nothing refers to it: still being received, or its object is gone; deleted after a while
  unlinked_at timestamptz
);
create index blob_unlinked_at on blob (unlinked_at) where unlinked_at is not null;

create table blob_chunk (
  blob_id text not null references blob (id) on delete cascade,
  chunk_index integer not null,
  bytes bytea not null,
  primary key (blob_id, chunk_index)
);
-- bundles are compressed already
alter table blob_chunk alter column bytes set storage external;

create table stored_object (
  bucket_name text not null references bucket (name),
  -- in the order of bytes, as S3 lists keys
  key text collate "C" not null,
  size_bytes bigint not null,
  etag text not null,
  headers jsonb not null,
  checksums jsonb not null,
  blob_ids text[] not null,
  modified_at timestamptz not null,
  primary key (bucket_name, key)
);

create table multipart_upload (
  id text primary key,
  bucket_name text not null references bucket (name) on delete cascade,
  key text not null,
  headers jsonb not null,
  created_at timestamptz not null
);

create table multipart_part (
  upload_id text not null references multipart_upload (id) on delete cascade,
  part_number integer not null,
  blob_id text not null references blob (id),
  size_bytes bigint not null,
  etag text not null,
  primary key (upload_id, part_number)
);
