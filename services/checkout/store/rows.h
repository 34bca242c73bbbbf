#pragma once
// What the store's statements give, as values.
#include <innkeeper/error.h>
#include <innkeeper/result.h>

#include "services/checkout/store.h"

namespace checkout {

// A row of a statement that selects whole orders.
[[nodiscard]] stored_order order_in(const innkeeper::row& row);

[[nodiscard]] store_error to_store_error(const innkeeper::error& problem);

// What an event keeps: an answer, so that it can be given again, and a proof.
[[nodiscard]] std::string detail_of(const change& one);

}  // namespace checkout
