#include "services/checkout/store/rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace checkout {
namespace {

std::optional<refusal> told_in(const std::string& detail, const std::string& order_id) {
  const auto json = nlohmann::json::parse(detail, nullptr, false);
  if (!json.is_object() || !json.contains("message")) return std::nullopt;
  return refusal{json.value("status", code::internal), json.value("message", ""),
                 parse_reason(json.value("reason", "")), json.value("may_retry", false), order_id};
}

}  // namespace

stored_order order_in(const innkeeper::row& row) {
  stored_order one;
  one.order_id = row["order_id"].as<std::string>();
  one.user_id = row["user_id"].as<std::string>();
  one.email = row["email"].as<std::string>();
  one.currency = row["currency"].as<std::string>();
  one.shipping_address = {row["street"].as<std::string>(), row["city"].as<std::string>(),
                          row["state"].as<std::string>(), row["country"].as<std::string>(),
                          row["zip"].as<std::int32_t>()};
  one.shipping_cost = {one.currency, row["shipping_units"].as<std::int64_t>(),
                       row["shipping_nanos"].as<std::int32_t>()};
  one.total = {one.currency, row["total_units"].as<std::int64_t>(), row["total_nanos"].as<std::int32_t>()};
  one.idempotency_key = row["key"].as<std::string>();
  if (const auto hash = row["request_hash"].as<std::optional<innkeeper::bytea>>();
      hash && hash->size() == one.request_hash.size()) {
    std::transform(hash->begin(), hash->end(), one.request_hash.begin(),
                   [](std::byte byte) { return static_cast<unsigned char>(byte); });
  }
  one.status = parse_status(row["status"].as<std::string_view>()).value();
  one.transaction_id = row["transaction_id"].as<std::string>();
  one.tracking_id = row["tracking_id"].as<std::string>();
  one.is_leased = row["is_leased"].as<bool>();
  one.holds_cart = row["holds_cart"].as<bool>();
  one.created_at = row["created_at"].as<innkeeper::timestamp>();
  one.told = told_in(row["told"].as<std::optional<std::string>>().value_or(""), one.order_id);
  const auto products = row["products"].as<std::vector<std::string>>();
  const auto quantities = row["quantities"].as<std::vector<std::int32_t>>();
  const auto units = row["units"].as<std::vector<std::int64_t>>();
  const auto nanos = row["nanos"].as<std::vector<std::int32_t>>();
  for (std::size_t i = 0; i < products.size(); ++i) {
    one.lines.push_back({{products[i], quantities[i]}, {one.currency, units[i], nanos[i]}});
  }
  return one;
}

store_error to_store_error(const innkeeper::error& problem) {
  return {problem.message() + " [" + problem.sqlstate() + "]", problem.outcome_is_unknown(), problem.sqlstate()};
}

std::string detail_of(const change& one) {
  auto detail = nlohmann::json::object();
  if (one.told) {
    detail = {{"status", one.told->status},
              {"message", one.told->message},
              {"reason", to_string(one.told->why)},
              {"may_retry", one.told->may_retry}};
  }
  if (!one.proof.empty()) detail["proof"] = one.proof;
  return detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace checkout
