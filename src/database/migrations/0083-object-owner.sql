-- Whose an uploaded object is: the team of whoever put it, by which it is decided who may read and replace it. Null: nobody's,
-- as what was uploaded before.
alter table stored_object add column owner_team text;
create index stored_object_owner on stored_object (owner_team, bucket_name, key);
