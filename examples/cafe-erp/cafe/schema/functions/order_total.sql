-- What an order costs; 0 for one without lines.
CREATE OR REPLACE FUNCTION order_total(wanted_order bigint) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
  SELECT coalesce(sum(unit_price * quantity), 0) FROM order_lines WHERE order_id = wanted_order;
$$;
