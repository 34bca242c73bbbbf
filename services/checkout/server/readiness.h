#pragma once
// Whether orders can be recorded now: connected to a primary with the schema that this service needs. Tells when that
// changes.
#include <functional>
#include <string>

#include "services/checkout/server/settings.h"
#include "services/checkout/store.h"

namespace checkout {

class readiness {
 public:
  // All of them outlive it; `tell` hears of each turn's result.
  readiness(const settings& chosen, order_store& store, std::function<void(bool)> tell)
      : chosen_{chosen}, store_{store}, tell_{std::move(tell)} {}

  void turn();

 private:
  // Empty: the schema is what it has to be.
  [[nodiscard]] std::string check_schema();

  const settings& chosen_;
  order_store& store_;
  const std::function<void(bool)> tell_;
  bool has_schema_ = false;
  bool was_connected_ = false;
  std::string trouble_;
};

}  // namespace checkout
