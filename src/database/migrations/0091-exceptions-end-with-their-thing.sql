-- A thing that is made anew under the same name does not inherit the exceptions of the one that was deleted.
create function guard_rail_exception_withdraw() returns trigger language plpgsql as $$
begin
  update guard_rail_exception
  set state = 'revoked', answered_by = 'deuteron', answered_at = now(), note = 'The resource was deleted.'
  where target_arn = old.arn and state in ('requested', 'granted');
  return null;
end
$$;

create trigger resource_placement_ends_exceptions after delete on resource_placement
  for each row execute function guard_rail_exception_withdraw();
