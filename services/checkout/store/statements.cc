#include "services/checkout/store/statements.h"

#include <string>

namespace checkout::statements {
namespace {

// An order with its items, whoever asks. $1 … are the caller's.
const std::string order_columns = R"(
  o.order_id::text, o.user_id, coalesce(o.user_email, '') AS email, coalesce(o.user_currency, '') AS currency,
  coalesce(o.shipping_cost_units, 0) AS shipping_units, coalesce(o.shipping_cost_nanos, 0) AS shipping_nanos,
  coalesce(o.shipping_address_street, '') AS street, coalesce(o.shipping_address_city, '') AS city,
  coalesce(o.shipping_address_state, '') AS state, coalesce(o.shipping_address_country, '') AS country,
  coalesce(o.shipping_address_zip, 0) AS zip,
  coalesce(o.total_amount_units, 0) AS total_units, coalesce(o.total_amount_nanos, 0) AS total_nanos,
  coalesce(o.idempotency_key, '') AS key, o.request_hash, o.status, coalesce(o.transaction_id, '') AS transaction_id,
  coalesce(o.shipping_tracking_id, '') AS tracking_id, o.created_at,
  coalesce(o.lease_until > clock_timestamp(), false) AS is_leased, o.open_cart IS NOT NULL AS holds_cart,
  (SELECT e.detail FROM order_events AS e WHERE e.order_id = o.order_id AND e.to_status = o.status
   ORDER BY e.id DESC LIMIT 1) AS told,
  items.products, items.quantities, items.units, items.nanos
)";

// Of orders that were backfilled or erased, something may be unknown.
const std::string what_is_known = R"(,
  o.total_amount_units IS NOT NULL AND o.user_currency IS NOT NULL AS has_total,
  o.shipping_cost_units IS NOT NULL AND o.user_currency IS NOT NULL AS has_shipping_cost,
  num_nonnulls(o.shipping_address_street, o.shipping_address_city, o.shipping_address_state,
               o.shipping_address_country, o.shipping_address_zip) > 0 AS has_address,
  items.has_cost
)";

const std::string with_items = R"(
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(i.product_id ORDER BY i.line_no), '{}') AS products,
           coalesce(array_agg(i.quantity ORDER BY i.line_no), '{}') AS quantities,
           coalesce(array_agg(coalesce(i.cost_units, 0) ORDER BY i.line_no), '{}') AS units,
           coalesce(array_agg(coalesce(i.cost_nanos, 0) ORDER BY i.line_no), '{}') AS nanos,
           coalesce(array_agg(i.cost_units IS NOT NULL AND o.user_currency IS NOT NULL ORDER BY i.line_no), '{}')
             AS has_cost
    FROM order_items AS i WHERE i.order_id = o.order_id
  ) AS items
)";

std::string select_orders(const std::string& rest) {
  return "SELECT " + order_columns + " FROM orders AS o " + with_items + rest;
}

// The page's orders come from the index on (user_id, created_at, order_id); their items by one index look-up each.
std::string select_past_orders(const std::string& rest) {
  return "SELECT " + order_columns + what_is_known +
         " FROM (SELECT * FROM orders WHERE user_id = $1 AND status IN ('paid', 'confirmed') " + rest + ") AS o " +
         with_items + " ORDER BY o.created_at DESC, o.order_id DESC";
}

}  // namespace

const innkeeper::statement record{R"(
  WITH placed AS (
    INSERT INTO orders (order_id, user_id, user_email, user_currency, shipping_cost_units, shipping_cost_nanos,
                        shipping_address_street, shipping_address_city, shipping_address_state,
                        shipping_address_country, shipping_address_zip, total_amount_units, total_amount_nanos,
                        idempotency_key, request_hash, open_cart, lease_until)
    SELECT $1::uuid, $2::text, $3::text, $4::text, $5::int8, $6::int4, $7::text, $8::text, $9::text, $10::text, $11::int4,
           $12::int8, $13::int4, $14::text, $15::bytea, $16::bytea,
           clock_timestamp() + $17::int8 * interval '1 millisecond'
    ON CONFLICT DO NOTHING
    RETURNING order_id
  ), lines AS (
    INSERT INTO order_items (order_id, line_no, product_id, quantity, cost_units, cost_nanos)
    SELECT placed.order_id, line.line_no, line.product_id, line.quantity, line.units, line.nanos
    FROM placed, unnest($18::text[], $19::int4[], $20::int8[], $21::int4[])
      WITH ORDINALITY AS line (product_id, quantity, units, nanos, line_no)
  ), event AS (
    INSERT INTO order_events (order_id, actor, to_status) SELECT order_id, 'checkout', 'pending' FROM placed
  )
  SELECT pg_catalog.set_config('synchronous_commit', $23, true), checkout_require_unemptied_cart($2, $22::timestamptz)
  FROM placed)"};

const innkeeper::statement advance{R"(
  WITH changed AS (
    UPDATE orders
    SET status = $3::text,
        transaction_id = coalesce($4, transaction_id),
        shipping_tracking_id = coalesce($5, shipping_tracking_id),
        lease_until = CASE WHEN $3::text = 'paid' THEN clock_timestamp() + $8::int8 * interval '1 millisecond' END,
        open_cart = CASE WHEN $3::text NOT IN ('rejected', 'abandoned', 'refund_due') THEN open_cart END
    WHERE order_id = $1 AND status = $2::text
    RETURNING order_id, user_email
  ), event AS (
    INSERT INTO order_events (order_id, actor, from_status, to_status, detail)
    SELECT order_id, $6, $2::text, $3::text, $7::jsonb FROM changed
  ), owed AS (
    INSERT INTO order_outbox (order_id, kind)
    SELECT changed.order_id, todo.kind FROM changed, (VALUES ('empty_cart'), ('email')) AS todo (kind)
    WHERE $3::text = 'confirmed' AND (todo.kind = 'empty_cart' OR changed.user_email <> '')
  )
  SELECT pg_catalog.set_config('synchronous_commit', $9, true) FROM changed)"};

const innkeeper::statement now{"SELECT pg_catalog.clock_timestamp() AS now"};

const innkeeper::statement find{select_orders("WHERE o.order_id = $1")};

const innkeeper::statement find_by_key{select_orders("WHERE o.user_id = $1 AND o.idempotency_key = $2")};

const innkeeper::statement find_obstacle{select_orders(R"(
  WHERE o.order_id = $1
     OR (o.user_id = $2 AND o.idempotency_key = $3)
     OR (o.user_id = $2 AND o.open_cart = $4)
     OR (o.user_id = $2 AND o.status = 'pending')
  ORDER BY o.order_id = $1 DESC, coalesce(o.idempotency_key = $3, false) DESC, coalesce(o.open_cart = $4, false) DESC
  LIMIT 1)")};

const innkeeper::statement find_replay{select_orders(R"(
  WHERE o.id = (SELECT latest.id FROM orders AS latest WHERE latest.user_id = $1
                ORDER BY latest.created_at DESC, latest.order_id DESC LIMIT 1)
    AND o.status = 'confirmed' AND o.request_hash = $2
    AND o.updated_at > clock_timestamp() - $3::int8 * interval '1 millisecond')")};

const innkeeper::statement claim{R"(
  UPDATE orders SET lease_until = clock_timestamp() + $2::int8 * interval '1 millisecond'
  WHERE order_id = $1 AND status = 'paid' AND lease_until <= clock_timestamp()
  RETURNING order_id)"};

const innkeeper::statement release{
    "UPDATE orders SET lease_until = clock_timestamp() WHERE order_id = $1 AND status = 'paid'"};

const innkeeper::statement give_up_pending{R"(
  WITH due AS (
    SELECT id FROM orders WHERE status = 'pending' AND lease_until <= clock_timestamp()
    ORDER BY lease_until LIMIT 100 FOR UPDATE SKIP LOCKED
  ), changed AS (
    UPDATE orders AS o SET status = 'payment_unknown', lease_until = NULL FROM due
    WHERE o.id = due.id AND o.status = 'pending'
    RETURNING o.order_id
  ), event AS (
    INSERT INTO order_events (order_id, actor, from_status, to_status)
    SELECT order_id, 'recovery', 'pending', 'payment_unknown' FROM changed
  )
  SELECT order_id::text FROM changed)"};

const innkeeper::statement give_up_shipping{R"(
  WITH due AS (
    SELECT o.id FROM orders AS o
    WHERE o.status = 'paid' AND o.lease_until <= clock_timestamp()
      AND (SELECT max(e.at) FROM order_events AS e WHERE e.order_id = o.order_id AND e.to_status = 'paid')
          <= clock_timestamp() - $1::int8 * interval '1 millisecond'
    ORDER BY o.lease_until LIMIT 100 FOR UPDATE OF o SKIP LOCKED
  ), changed AS (
    UPDATE orders AS o SET status = 'refund_due', lease_until = NULL, open_cart = NULL FROM due
    WHERE o.id = due.id AND o.status = 'paid'
    RETURNING o.order_id
  ), event AS (
    INSERT INTO order_events (order_id, actor, from_status, to_status)
    SELECT order_id, 'recovery', 'paid', 'refund_due' FROM changed
  )
  SELECT order_id::text FROM changed)"};

// The pause before the next try is as long as it took from the charge to the last one, within limits.
const innkeeper::statement claim_paid{R"(
  WITH due AS (
    SELECT o.id FROM orders AS o
    WHERE o.status = 'paid' AND o.lease_until <= clock_timestamp()
      AND o.updated_at + least(
            greatest(o.updated_at
                       - (SELECT max(e.at) FROM order_events AS e WHERE e.order_id = o.order_id AND e.to_status = 'paid'),
                     $2::int8 * interval '1 millisecond'),
            $3::int8 * interval '1 millisecond') <= clock_timestamp()
    ORDER BY o.lease_until LIMIT $1::int4 FOR UPDATE OF o SKIP LOCKED
  ), o AS (
    UPDATE orders SET lease_until = clock_timestamp() + $4::int8 * interval '1 millisecond' FROM due
    WHERE orders.id = due.id AND orders.status = 'paid'
    RETURNING orders.*
  )
  SELECT )" + order_columns + " FROM o " +
                                      with_items};

const innkeeper::statement claim_outbox{R"(
  WITH due AS (
    SELECT id FROM order_outbox WHERE done_at IS NULL AND next_at <= clock_timestamp() AND kind = $1
    ORDER BY next_at LIMIT $2::int4 FOR UPDATE SKIP LOCKED
  ), task AS (
    UPDATE order_outbox SET attempts = attempts + 1, next_at = clock_timestamp() + $3::int8 * interval '1 millisecond'
    FROM due WHERE order_outbox.id = due.id
    RETURNING order_outbox.id AS task_id, order_outbox.order_id, order_outbox.attempts
  )
  SELECT task.task_id, task.attempts, )" +
                                        order_columns + " FROM task JOIN orders AS o ON o.order_id = task.order_id " +
                                        with_items};

const innkeeper::statement finish{R"(
  WITH done AS (
    UPDATE order_outbox SET done_at = clock_timestamp(), last_error = NULL WHERE id = $1 AND done_at IS NULL
    RETURNING order_id, kind
  )
  UPDATE orders SET open_cart = NULL FROM done WHERE orders.order_id = done.order_id AND done.kind = 'empty_cart')"};

const innkeeper::statement postpone{R"(
  UPDATE order_outbox SET next_at = clock_timestamp() + $2::int8 * interval '1 millisecond', last_error = $3
  WHERE id = $1 AND done_at IS NULL)"};

const innkeeper::statement backlog{R"(
  SELECT kind.kind, count(o.id) AS waiting,
         coalesce((extract(epoch FROM clock_timestamp() - min(o.created_at)) * 1000)::int8, 0) AS oldest
  FROM (VALUES ('email'), ('empty_cart')) AS kind (kind)
  LEFT JOIN order_outbox AS o ON o.kind = kind.kind AND o.done_at IS NULL
  GROUP BY kind.kind)"};

// Fails where a table or a column is missing; names a server that takes no orders, and rights that the log-in lacks.
const innkeeper::statement trouble{R"(
  SELECT pg_catalog.pg_is_in_recovery() AS is_standby,
         (SELECT coalesce(string_agg(privilege || ' on ' || relation, ', '), '')
          FROM (VALUES ('orders', 'SELECT'), ('orders', 'INSERT'), ('orders', 'UPDATE'), ('order_items', 'SELECT'),
                       ('order_items', 'INSERT'), ('order_events', 'SELECT'), ('order_events', 'INSERT'),
                       ('order_outbox', 'SELECT'), ('order_outbox', 'INSERT'), ('order_outbox', 'UPDATE'),
                       ('order_commits_seq', 'UPDATE')) AS needed (relation, privilege)
          WHERE NOT has_table_privilege(relation, privilege)) AS missing,
         (SELECT count(*) FROM (SELECT o.open_cart, o.lease_until, i.line_no, e.detail, x.next_at
                                FROM orders AS o, order_items AS i, order_events AS e, order_outbox AS x LIMIT 0) AS all_of)
           AS none)"};

const innkeeper::statement list_newest{select_past_orders("ORDER BY created_at DESC, order_id DESC LIMIT $2::int4")};

const innkeeper::statement list_after{
    select_past_orders("AND (created_at, order_id) < ($3::timestamptz, $4::uuid)"
                       " ORDER BY created_at DESC, order_id DESC LIMIT $2::int4")};

const innkeeper::statement get_past{select_past_orders("AND order_id = $2::uuid")};

const innkeeper::statement take_in{R"(
  WITH taken AS (
    INSERT INTO orders (order_id, user_id, user_email, user_currency, total_amount_units, total_amount_nanos,
                        transaction_id, status, source, created_at, updated_at)
    VALUES ($1::uuid, $2, $3, $4, $5::int8, $6::int4, $7, 'confirmed', 'backfill', $8::timestamptz, $8::timestamptz)
    ON CONFLICT (order_id) DO NOTHING
    RETURNING order_id
  ), lines AS (
    INSERT INTO order_items (order_id, line_no, product_id, quantity)
    SELECT taken.order_id, line.line_no, line.product_id, line.quantity
    FROM taken, unnest($9::text[], $10::int4[]) WITH ORDINALITY AS line (product_id, quantity, line_no)
  ), event AS (
    INSERT INTO order_events (order_id, actor, to_status) SELECT order_id, 'backfill', 'confirmed' FROM taken
  )
  SELECT order_id FROM taken)"};

const innkeeper::statement hand_out{R"(
  SELECT (to_jsonb(o) - '{id,request_hash,open_cart,lease_until}'::text[] || jsonb_build_object(
            'items', (SELECT coalesce(jsonb_agg(to_jsonb(i) - '{id,order_id}'::text[] ORDER BY i.line_no), '[]')
                      FROM order_items AS i WHERE i.order_id = o.order_id),
            'events', (SELECT coalesce(jsonb_agg(to_jsonb(e) - '{id,order_id}'::text[] ORDER BY e.id), '[]')
                       FROM order_events AS e WHERE e.order_id = o.order_id)))::text
  FROM orders AS o WHERE o.user_id = $1 ORDER BY o.created_at, o.order_id)"};

// An order that is under way needs its address, and the shopper's name to be found again. A mail that nobody takes, or
// a cart that can't be emptied, doesn't keep anybody's data for ever.
const innkeeper::statement erase{R"(
  WITH mine AS (
    SELECT id, status IN ('pending', 'paid', 'payment_unknown') OR EXISTS (
             SELECT FROM order_outbox AS x
             WHERE x.order_id = o.order_id AND x.done_at IS NULL
               AND x.created_at > clock_timestamp() - interval '1 hour') AS is_under_way
    FROM orders AS o WHERE o.user_id = $1 FOR UPDATE OF o
  ), erased AS (
    UPDATE orders SET user_id = $2, user_email = NULL, shipping_address_street = NULL, shipping_address_city = NULL,
                      shipping_address_state = NULL, shipping_address_country = NULL, shipping_address_zip = NULL,
                      idempotency_key = NULL, request_hash = NULL, open_cart = NULL
    FROM mine WHERE orders.id = mine.id AND NOT EXISTS (SELECT FROM mine AS other WHERE other.is_under_way)
    RETURNING orders.id
  )
  SELECT (SELECT count(*) FROM erased) AS erased, (SELECT count(*) FROM mine WHERE is_under_way) AS under_way)"};

}  // namespace checkout::statements
