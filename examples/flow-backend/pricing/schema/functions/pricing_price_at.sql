-- What a refill costs at a moment, before rules; null: no price.
CREATE OR REPLACE FUNCTION pricing_price_at(wanted_list bigint, wanted_size pricing_cylinder_size, moment timestamptz)
RETURNS numeric LANGUAGE sql STABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
  SELECT refill FROM pricing_prices
  WHERE price_list_id = wanted_list AND size = wanted_size AND valid_during @> moment;
$$;
