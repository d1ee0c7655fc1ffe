-- Which request a decision was made for: the one of its audit entry. Null: none asked, or it was made before.
alter table decision add column request_id text;
create index decision_of_request on decision (request_id) where request_id is not null;
