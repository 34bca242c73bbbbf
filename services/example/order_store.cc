#include "order_store.h"

#include <innkeeper/transaction.h>

namespace {

const innkeeper::statement insert_order{R"(
  WITH placed AS (INSERT INTO orders (user_id) VALUES ($1) RETURNING id),
       lines AS (INSERT INTO order_items (order_id, line_no, product, quantity, note)
                 SELECT placed.id, line.number, line.product, line.quantity, line.note
                 FROM placed, unnest($2::text[], $3::int4[], $4::text[]) WITH ORDINALITY
                      AS line (product, quantity, note, number))
  SELECT id FROM placed)"};

const innkeeper::statement select_orders{R"(
  SELECT id, created_at, array_agg(product ORDER BY line_no) AS products,
         array_agg(quantity ORDER BY line_no) AS quantities, array_agg(note ORDER BY line_no) AS notes
  FROM orders JOIN order_items ON order_id = id
  WHERE user_id = $1 GROUP BY id ORDER BY id)"};

const innkeeper::statement move_lines{R"(
  UPDATE order_items SET order_id = $2,
         line_no = line_no + (SELECT max(line_no) FROM order_items WHERE order_id = $2)
  WHERE order_id = $1)"};

const innkeeper::statement delete_order{"DELETE FROM orders WHERE id = $1"};

order read_order(const innkeeper::row& row) {
  order one{.id = row["id"].as<std::int64_t>(), .created_at = row["created_at"].as<innkeeper::timestamp>()};
  const auto products = row["products"].as<std::vector<std::string>>();
  const auto quantities = row["quantities"].as<std::vector<int>>();
  const auto notes = row["notes"].as<std::vector<std::optional<std::string>>>();
  for (std::size_t i = 0; i < products.size(); ++i) one.lines.push_back({products[i], quantities[i], notes[i]});
  return one;
}

}  // namespace

std::int64_t order_store::place(const std::string& user, const std::vector<order_line>& lines,
                                innkeeper::deadline until) {
  std::vector<std::string> products;
  std::vector<int> quantities;
  std::vector<std::optional<std::string>> notes;
  for (const auto& line : lines) {
    products.push_back(line.product);
    quantities.push_back(line.quantity);
    notes.push_back(line.note);
  }
  const auto placed = pool_.execute(insert_order(user, products, quantities, notes), until);
  return placed.front()["id"].as<std::int64_t>();
}

std::vector<order> order_store::orders_of(const std::string& user, innkeeper::deadline until) {
  std::vector<order> orders;
  for (const auto row : pool_.execute(select_orders(user), until)) orders.push_back(read_order(row));
  return orders;
}

void order_store::merge(std::int64_t from, std::int64_t into, innkeeper::deadline until) {
  auto session = pool_.acquire(until);
  session->set_deadline(until);
  innkeeper::transaction both{*session};
  both.execute(move_lines(from, into));
  both.execute(delete_order(from));
  both.commit();
}

std::size_t order_store::forget(const std::vector<std::int64_t>& orders, innkeeper::deadline until) {
  std::vector<std::vector<innkeeper::bound_statement>> each;
  for (const auto id : orders) each.push_back({delete_order(id)});
  auto session = pool_.acquire(until);
  session->set_deadline(until);
  std::size_t forgotten = 0;
  for (const auto& one : session->execute_each(each)) {
    if (one.is_committed()) forgotten += one.results.front().affected_rows();
  }
  return forgotten;
}
