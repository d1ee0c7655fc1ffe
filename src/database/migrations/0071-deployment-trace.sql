-- The trace of the request that asked for a deployment, in the form of W3C Trace Context: its work belongs to it.
alter table deployment add column traceparent text;
