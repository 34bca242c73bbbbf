#pragma once
// The text of a PostgreSQL configuration file.
#include <map>
#include <string>
#include <string_view>

#include "core/diagnostic.h"
#include "core/estate.h"

namespace innkeeper {

// 'value' as the file's scanner reads it: quotes, backslashes and line ends escaped.
[[nodiscard]] std::string quote_conf_value(std::string_view value);

// "name = 'value'" line by line, in the order of the names.
[[nodiscard]] std::string print_conf(const std::map<std::string, declared<std::string>>& settings);

// Settings that an embedded server cannot take from a manifest: those that say where it is, and names that are none.
[[nodiscard]] diagnostics check_embedded_settings(const std::map<std::string, declared<std::string>>& settings);

// Settings that stand in the way of `embedded: {tls: true}`, which brings its own.
[[nodiscard]] diagnostics check_tls_settings(const std::map<std::string, declared<std::string>>& settings);

}  // namespace innkeeper
