-- innkeeper: up
create function raise_prices(percent numeric) returns integer
language plpgsql as $body$
declare
  changed integer;
begin
  -- A ';' in a comment, and $$ in here: both are text.
  update menu set price = round(price * (1 + percent / 100), 2) where available;
  get diagnostics changed = row_count;
  if changed = 0 then
    raise notice '%; nothing to do', 'no dish''s price changed';
  end if;
  return changed;
end;
$body$;
-- innkeeper: down
drop function raise_prices(numeric);
