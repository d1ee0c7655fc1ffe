-- Instances newest first, in the order of that list: without it every page sorts the whole fleet.
create index service_instance_newest on service_instance (created_at desc, service_name, name);
