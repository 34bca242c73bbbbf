// A pool's metrics in Prometheus' text format. Its own library would be one more that each service links, for these
// few lines.
#include <fmt/format.h>

#include <array>

#include "innkeeper/pool.h"

namespace innkeeper {
namespace {

struct sample {
  std::string labels;  // behind the pool's
  double value;
};

struct family {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  std::vector<sample> (*samples)(const pool_metrics& of);
};

std::vector<sample> one(double value) {
  return {{"", value}};
}

constexpr double number(std::uint64_t count) {
  return static_cast<double>(count);
}

const std::array<family, 10> families{{
    {"innkeeper_pool_max_connections", "gauge", "Connections that the pool may have open at once.",
     [](const pool_metrics& of) { return one(of.max_open); }},
    {"innkeeper_pool_connections", "gauge", "Connections by what they are doing.",
     [](const pool_metrics& of) {
       return std::vector<sample>{{",state=\"in_use\"", double(of.in_use)},
                                  {",state=\"idle\"", double(of.idle)},
                                  {",state=\"opening\"", double(of.opening)}};
     }},
    {"innkeeper_pool_waiting", "gauge", "Callers that wait for a connection.",
     [](const pool_metrics& of) { return one(of.waiting); }},
    {"innkeeper_pool_acquired_total", "counter", "Connections given out.",
     [](const pool_metrics& of) { return one(number(of.acquired_total)); }},
    {"innkeeper_pool_waits_total", "counter", "Callers that had to wait, for a free connection or a new one.",
     [](const pool_metrics& of) { return one(number(of.waits_total)); }},
    {"innkeeper_pool_wait_seconds_total", "counter", "How long all of them waited together.",
     [](const pool_metrics& of) { return one(std::chrono::duration<double>(of.wait_time_total).count()); }},
    {"innkeeper_pool_timeouts_total", "counter", "Callers whose deadline passed while they waited.",
     [](const pool_metrics& of) { return one(number(of.timeouts_total)); }},
    {"innkeeper_pool_opened_total", "counter", "Connections opened.",
     [](const pool_metrics& of) { return one(number(of.opened_total)); }},
    {"innkeeper_pool_open_failures_total", "counter", "Tries to connect that failed.",
     [](const pool_metrics& of) { return one(number(of.open_failures_total)); }},
    {"innkeeper_pool_closed_total", "counter", "Connections closed, by reason.",
     [](const pool_metrics& of) {
       return std::vector<sample>{{",reason=\"lifetime\"", number(of.closed_lifetime_total)},
                                  {",reason=\"idle\"", number(of.closed_idle_total)},
                                  {",reason=\"lost\"", number(of.closed_lost_total)},
                                  {",reason=\"discarded\"", number(of.closed_discarded_total)},
                                  {",reason=\"shutdown\"", number(of.closed_shutdown_total)}};
     }},
}};

std::string label_value(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string to_prometheus(std::span<const pool_metrics> pools) {
  std::string text;
  for (const auto& of : families) {
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", of.name, of.help, of.name, of.type);
    for (const auto& pool : pools) {
      for (const auto& found : of.samples(pool)) {
        text += fmt::format("{}{{pool=\"{}\"{}}} {}\n", of.name, label_value(pool.pool), found.labels, found.value);
      }
    }
  }
  return text;
}

std::string to_prometheus(const pool_metrics& one) {
  return to_prometheus({&one, 1});
}

}  // namespace innkeeper
