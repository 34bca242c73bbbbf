#pragma once
// What operators do with orders that nobody is at work on: take in old ones, hand a user's out, erase a user.
#include <innkeeper/pool.h>

#include <string>
#include <vector>

#include "services/checkout/domain/old_logs.h"
#include "services/checkout/store.h"

namespace checkout {

class postgres_archive {
 public:
  // `from` outlives it.
  explicit postgres_archive(innkeeper::pool& from) : pool_{from} {}

  // All of them throw store_error.

  // Those that are not there yet, all or none; returns their numbers. Nothing stays of it in a dry run.
  [[nodiscard]] std::vector<std::string> take_in(const std::vector<old_order>& orders, bool is_dry_run);

  // A JSON object per order with items and events, oldest first.
  [[nodiscard]] std::vector<std::string> hand_out(const std::string& user_id);

  // E-mail, address, key and request hash become null, the user's name `pseudonym`; amounts and events stay. Returns
  // how many orders there are; nothing is done, and `under_way` counts them, while some have yet to be shipped or
  // resolved.
  struct erasure {
    std::int64_t erased = 0;
    std::int64_t under_way = 0;
  };
  [[nodiscard]] erasure erase(const std::string& user_id, const std::string& pseudonym);

 private:
  innkeeper::pool& pool_;
};

}  // namespace checkout
