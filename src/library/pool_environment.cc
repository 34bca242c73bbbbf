// A pool as the environment of a service declares it.
#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>
#include <stdexcept>

#include "core/duration.h"
#include "innkeeper/pool.h"

namespace innkeeper {
namespace {

// Empty counts as unset, as manifests of Kubernetes leave it.
std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>{value};
}

void read_count(const char* name, int least, int& into) {
  const auto text = variable(name);
  if (!text) return;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), into);
  if (problem != std::errc{} || end != text->data() + text->size() || into < least) {
    throw std::invalid_argument{fmt::format("{} must be a whole number from {} on", name, least)};
  }
}

void read_time(const char* name, std::chrono::milliseconds& into) {
  const auto text = variable(name);
  if (!text) return;
  const auto time = parse_duration_or_seconds(*text);
  if (!time) throw std::invalid_argument{fmt::format("{} must be a time: 30, 30s, 500ms or 5m", name)};
  into = *time;
}

}  // namespace

pool_options pool_options_of_environment() {
  pool_options options;
  options.connection.url = variable("DATABASE_URL").value_or("");
  read_count("DB_MAX_OPEN_CONNS", 1, options.max_open);
  read_count("DB_MAX_IDLE_CONNS", 0, options.max_idle);
  read_time("DB_CONN_MAX_LIFETIME", options.max_lifetime);
  read_time("DB_CONNECT_TIMEOUT", options.connection.connect_timeout);
  return options;
}

}  // namespace innkeeper
