#pragma once
// Inside of the tables of keys: how shapes are spelled, and the shapes that have a file of their own. Each shape lives
// as long as the program, so that tables may refer to each other whatever the order.
#include <string_view>
#include <vector>

#include "core/manifest_keys.h"

namespace innkeeper::shapes {

[[nodiscard]] const value_shape* scalar(value_kind kind);
[[nodiscard]] const value_shape* integer(long least, long most);
[[nodiscard]] const value_shape* choice(std::vector<std::string_view> choices);
[[nodiscard]] const value_shape* record(const key_table& keys);
[[nodiscard]] const value_shape* record_or(const value_shape* short_form, const key_table& keys);
[[nodiscard]] const value_shape* list_of(const value_shape* item);
[[nodiscard]] const value_shape* one_or_list_of(const value_shape* item);
[[nodiscard]] const value_shape* named(const value_shape* item, value_kind entry_name = value_kind::simple_name);
[[nodiscard]] const value_shape* keep(value_shape shape);

// manifest_hardening_keys.cc
[[nodiscard]] const value_shape* hardening();
[[nodiscard]] const value_shape* service_hardening();
[[nodiscard]] const value_shape* accepted_findings();

// manifest_secret_keys.cc
[[nodiscard]] const value_shape* secret_sinks();
[[nodiscard]] const value_shape* managed_by();

// manifest_endpoint_keys.cc
[[nodiscard]] const value_shape* endpoints();

// manifest_migration_keys.cc
[[nodiscard]] const value_shape* migrations();

}  // namespace innkeeper::shapes
