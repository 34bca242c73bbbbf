#include "services/checkout/store/postgres_store.h"

#include <algorithm>

#include "services/checkout/domain/request.h"
#include "services/checkout/store/rows.h"
#include "services/checkout/store/statements.h"

namespace checkout {
namespace {

constexpr const char* cart_was_emptied = "CO001";  // of checkout_require_unemptied_cart()

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}

std::span<const std::byte> bytes_of(const digest& hash) {
  return std::as_bytes(std::span{hash});
}

std::int64_t in_ms(std::chrono::milliseconds time) {
  return time.count();
}

std::optional<stored_order> first_of(const innkeeper::result& rows) {
  return rows.empty() ? std::nullopt : std::optional{order_in(rows.front())};
}

std::vector<std::string> numbers_in(const innkeeper::result& rows) {
  std::vector<std::string> numbers;
  for (const auto row : rows) numbers.push_back(row["order_id"].as<std::string>());
  return numbers;
}

}  // namespace

innkeeper::connection_options store_connection(innkeeper::connection_options options) {
  options.application_name = "checkoutservice";
  if (options.url.find("target_session_attrs") == std::string::npos) options.target_session_attrs = "read-write";
  options.settings["lock_timeout"] = "1s";
  options.settings["synchronous_commit"] = "on";
  return options;
}

postgres_store::postgres_store(innkeeper::pool& from, const store_times& times, group_commit_limits limits)
    : pool_{from}, times_{times}, commits_{from, limits} {}

innkeeper::result postgres_store::ask(const innkeeper::bound_statement& one, moment deadline) {
  try {
    return pool_.execute(one, deadline);
  } catch (const innkeeper::error& problem) {
    throw to_store_error(problem);
  }
}

bool postgres_store::record(const order& one, store_time cart_read_at, moment deadline) {
  std::vector<std::string> products;
  std::vector<std::int32_t> quantities;
  std::vector<std::int64_t> units;
  std::vector<std::int32_t> nanos;
  for (const auto& line : one.lines) {
    products.push_back(line.item.product_id);
    quantities.push_back(line.item.quantity);
    units.push_back(line.cost.units);
    nanos.push_back(line.cost.nanos);
  }
  const auto& to = one.shipping_address;
  std::vector<innkeeper::parameter> values{one.order_id,
                                           one.user_id,
                                           unless_empty(one.email),
                                           one.currency,
                                           one.shipping_cost.units,
                                           one.shipping_cost.nanos,
                                           to.street,
                                           to.city,
                                           to.state,
                                           to.country,
                                           to.zip,
                                           one.total.units,
                                           one.total.nanos,
                                           unless_empty(one.idempotency_key),
                                           bytes_of(one.request_hash),
                                           bytes_of(hash_of(items_of(one))),
                                           in_ms(times_.lease),
                                           products,
                                           quantities,
                                           units,
                                           nanos,
                                           innkeeper::timestamp{cart_read_at}};
  try {
    return !commits_.run(statements::record, std::move(values), deadline).empty();
  } catch (const store_error& problem) {
    if (problem.sqlstate() == cart_was_emptied) return false;
    throw;
  }
}

store_time postgres_store::now(moment deadline) {
  return ask(statements::now(), deadline).front()["now"].as<innkeeper::timestamp>();
}

bool postgres_store::advance(const change& one, moment deadline) {
  if (!may_become(one.from, one.to)) {
    throw std::logic_error{"no order becomes " + std::string{to_string(one.to)} + " from " +
                           std::string{to_string(one.from)}};
  }
  std::vector<innkeeper::parameter> values{one.order_id,       to_string(one.from), to_string(one.to),
                                           one.transaction_id, one.tracking_id,     one.actor,
                                           detail_of(one),     in_ms(times_.lease)};
  return !commits_.run(statements::advance, std::move(values), deadline).empty();
}

void postgres_store::settle(moment deadline) {
  commits_.settle(deadline);
}

std::optional<stored_order> postgres_store::find(const std::string& order_id, moment deadline) {
  return first_of(ask(statements::find(order_id), deadline));
}

std::optional<stored_order> postgres_store::find_by_key(const std::string& user_id, const std::string& key,
                                                        moment deadline) {
  return first_of(ask(statements::find_by_key(user_id, key), deadline));
}

std::optional<stored_order> postgres_store::find_obstacle(const order& one, moment deadline) {
  return first_of(ask(statements::find_obstacle(one.order_id, one.user_id, unless_empty(one.idempotency_key),
                                                bytes_of(hash_of(items_of(one)))),
                      deadline));
}

std::optional<stored_order> postgres_store::find_replay(const std::string& user_id, const digest& request_hash,
                                                        std::chrono::milliseconds window, moment deadline) {
  return first_of(ask(statements::find_replay(user_id, bytes_of(request_hash), in_ms(window)), deadline));
}

bool postgres_store::claim(const std::string& order_id, moment deadline) {
  return !ask(statements::claim(order_id, in_ms(times_.lease)), deadline).empty();
}

void postgres_store::release(const std::string& order_id, moment deadline) {
  ask(statements::release(order_id), deadline);
}

std::vector<std::string> postgres_store::give_up_pending(moment deadline) {
  return numbers_in(ask(statements::give_up_pending(), deadline));
}

std::vector<std::string> postgres_store::give_up_shipping(moment deadline) {
  return numbers_in(ask(statements::give_up_shipping(in_ms(times_.ship_give_up)), deadline));
}

std::vector<stored_order> postgres_store::claim_paid(int most, moment deadline) {
  std::vector<stored_order> all;
  for (const auto row :
       ask(statements::claim_paid(most, in_ms(times_.ship_retry), in_ms(times_.ship_retry_most), in_ms(times_.lease)),
           deadline)) {
    all.push_back(order_in(row));
  }
  return all;
}

std::vector<outbox_task> postgres_store::claim_outbox(outbox_kind kind, int most, moment deadline) {
  std::vector<outbox_task> tasks;
  for (const auto row : ask(statements::claim_outbox(to_string(kind), most, in_ms(times_.lease)), deadline)) {
    tasks.push_back({row["task_id"].as<std::int64_t>(), kind, row["attempts"].as<std::int32_t>(), order_in(row)});
  }
  return tasks;
}

void postgres_store::finish(const outbox_task& task, moment deadline) {
  ask(statements::finish(task.id), deadline);
}

void postgres_store::postpone(const outbox_task& task, const std::string& problem, moment deadline) {
  const std::chrono::milliseconds doubled = times_.outbox_retry * (1LL << std::min(task.attempts, 20));
  ask(statements::postpone(task.id, in_ms(std::min(doubled, times_.outbox_retry_most)), problem), deadline);
}

std::vector<outbox_backlog> postgres_store::backlog(moment deadline) {
  std::vector<outbox_backlog> all;
  const auto rows = ask(statements::backlog(), deadline);
  for (const auto row : rows) {
    const bool is_mail = row["kind"].as<std::string_view>() == to_string(outbox_kind::email);
    all.push_back({is_mail ? outbox_kind::email : outbox_kind::empty_cart, row["waiting"].as<std::int64_t>(),
                   std::chrono::milliseconds{row["oldest"].as<std::int64_t>()}});
  }
  return all;
}

std::string postgres_store::trouble(moment deadline) {
  const auto health = pool_.health(deadline);
  if (health.state != innkeeper::server_state::ready) {
    return std::string{innkeeper::to_string(health.state)} + ": " + health.reason;
  }
  try {
    const auto seen = ask(statements::trouble(), deadline);
    if (seen.front()["is_standby"].as<bool>()) return "the server is a standby";
    const auto missing = seen.front()["missing"].as<std::string>();
    return missing.empty() ? "" : "the log-in lacks " + missing;
  } catch (const store_error& problem) {
    return problem.what();
  }
}

}  // namespace checkout
