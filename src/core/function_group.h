#pragma once
// Functions of pg_catalog that every log-in may call unless hardening closes them, by what they are good for.
#include <array>
#include <optional>
#include <string_view>

namespace innkeeper {

enum class function_group {
  wal_messages,    // pg_logical_emit_message: writes WAL at will, even in a read-only transaction
  advisory_locks,  // pg_advisory_lock …: can fill the lock table that all databases share
  large_objects,   // lo_create …: makes large objects without any CREATE right
};

inline constexpr std::array all_function_groups{function_group::wal_messages, function_group::advisory_locks,
                                                function_group::large_objects};

// As the manifest spells it: "wal_messages".
[[nodiscard]] constexpr std::string_view to_string(function_group one) {
  switch (one) {
    case function_group::wal_messages:
      return "wal_messages";
    case function_group::advisory_locks:
      return "advisory_locks";
    case function_group::large_objects:
      return "large_objects";
  }
  return "";
}

// Of a function of pg_catalog, by its name without arguments.
[[nodiscard]] constexpr std::optional<function_group> group_of_function(std::string_view name) {
  if (name == "pg_logical_emit_message") return function_group::wal_messages;
  if (name.starts_with("pg_advisory_") || name.starts_with("pg_try_advisory_")) return function_group::advisory_locks;
  if (name == "lo_creat" || name == "lo_create" || name == "lo_from_bytea") return function_group::large_objects;
  return std::nullopt;
}

}  // namespace innkeeper
