-- By which guard rails, of the whole installation, what waits for approval was looked at last. null: by those of its plan.
alter table approval_request add column rails_seen text;
