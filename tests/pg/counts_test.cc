// What an apply costs, in counts: no machine changes them. docs/performance.md has the times.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "core/attempt_plan.h"
#include "core/manifest_parser.h"
#include "core/proof.h"
#include "exec/apply.h"
#include "exec/prove.h"
#include "pg/connection.h"
#include "tests/support/postgres_fixture.h"

namespace innkeeper::exec {
namespace {

std::string manifest_of(int services) {
  std::string text =
      "estate: counts\nservers: {shared: {url: postgresql://localhost/postgres}}\n"
      "defaults: {secrets: {directory: secrets}}\nservices:\n";
  for (int i = 1; i <= services; ++i) text += fmt::format("  service_{}: {{extensions: [pgcrypto, citext]}}\n", i);
  return text;
}

// What the server logged of one database; "" or "[unknown]" for what belongs to none yet.
struct traffic {
  int connections = 0;
  int round_trips = 0;  // several statements in one message are one line of the log
  std::vector<std::string> statements;
};

struct run_counts {
  std::map<std::string, traffic> databases;
  std::int64_t transaction_ids = 0;
  apply_report report;

  [[nodiscard]] int statements_with(std::string_view words) const {
    int found = 0;
    for (const auto& [name, one] : databases) {
      found += static_cast<int>(std::ranges::count_if(
          one.statements, [&](const std::string& text) { return text.find(words) != std::string::npos; }));
    }
    return found;
  }
};

// What a proof cost the services' log-ins, as the server counted it.
struct proof_counts {
  int entered = 0;
  int refused = 0;
};

int count_of(const std::string& log, std::string_view words) {
  int found = 0;
  for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++found;
  return found;
}

// A connection is authorized before the server looks whether it may enter the database.
proof_counts count_proof(const std::string& log) {
  const int refused = count_of(log, "|FATAL:  ");
  const int wrong_passwords = count_of(log, "|FATAL:  password authentication failed");
  const int authorized = count_of(log, "connection authorized: user=service_");
  return {.entered = authorized - (refused - wrong_passwords), .refused = refused};
}

// The lines "application|database|LOG:  message" of `log`; a statement's further lines begin with a tab.
void read_log(const std::string& log, run_counts& counts) {
  std::istringstream lines{log};
  std::string* last = nullptr;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('\t')) {
      if (last != nullptr) *last += "\n" + line;
      continue;
    }
    last = nullptr;
    const auto bar = line.find('|');
    const auto message = line.find("|LOG:  ");
    if (message == std::string::npos || line.starts_with("counter|")) continue;
    auto& one = counts.databases[line.substr(bar + 1, message - bar - 1)];
    const auto text = line.substr(message + 7);
    if (text.starts_with("connection authorized")) ++one.connections;
    if (!text.starts_with("statement: ") && !text.starts_with("execute ")) continue;
    ++one.round_trips;
    last = &one.statements.emplace_back(text);
  }
}

// A server of its own, an estate on it, and the counts of a first, a second and a quick apply, and of a
// proof.
class counted_estate {
 public:
  explicit counted_estate(int services)
      : cluster_{{.settings = {{"log_statement", "all"},
                               {"log_connections", "on"},
                               {"log_min_messages", "log"},
                               {"log_line_prefix", "%a|%d|"},
                               {"autovacuum", "off"}},
                  .password = "admin password"}},
        counter_{pg::connection::open(cluster_.admin(), {.application_name = "counter"})} {
    const auto no_variables = [](std::string_view) { return std::optional<std::string>{}; };
    const auto no_files = [](std::string_view, const std::filesystem::path&) { return included_sources{}; };
    auto parsed = parse_manifest({"innkeeper.yaml", folder_.path(), manifest_of(services)}, no_files, no_variables);
    EXPECT_TRUE(parsed.problems.empty());
    all_ = std::move(parsed.value);
    fresh = apply();
    again = apply();
    quick = apply(depth::quick);
    const auto log_before = cluster_.log().size();
    proof = verify_server(all_, {.server = &all_.servers.at(0), .admin = cluster_.admin()},
                          {.prove = true, .attempts_per_second = 1000}, [](const event&) {});
    proved = count_proof(cluster_.log().substr(log_before));
  }

  run_counts fresh;
  run_counts again;
  run_counts quick;
  proof_report proof;
  proof_counts proved;

 private:
  run_counts apply(depth how = depth::deep) {
    run_counts counts;
    const auto log_before = cluster_.log().size();
    const auto before = next_transaction_id();
    counts.report = apply_server(all_, {.server = &all_.servers.at(0), .admin = cluster_.admin()}, {.how = how},
                                 [](const event&) {});
    counts.transaction_ids = next_transaction_id() - before;
    read_log(cluster_.log().substr(log_before), counts);
    return counts;
  }

  std::int64_t next_transaction_id() {
    return std::stoll(
        counter_.query("SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())").text(0, 0));
  }

  test::scratch_folder folder_;
  test::cluster cluster_;
  pg::connection counter_;
  estate all_;
};

// Two sizes, so that growth shows.
const counted_estate& with_two() {
  static const counted_estate made{2};
  return made;
}
const counted_estate& with_six() {
  static const counted_estate made{6};
  return made;
}

TEST(counts, the_first_apply_made_everything_and_the_second_nothing) {
  for (const auto& [estate, services] : {std::pair{&with_two(), 2}, std::pair{&with_six(), 6}}) {
    EXPECT_EQ(estate->fresh.report.applied, services);
    EXPECT_EQ(estate->fresh.report.failed, 0);
    EXPECT_TRUE(estate->fresh.report.left.empty());
    EXPECT_EQ(estate->again.report.unchanged, services);
    EXPECT_EQ(estate->again.report.steps, 0);
  }
}

TEST(counts, an_apply_with_nothing_to_do_uses_no_transaction_id) {
  EXPECT_EQ(with_two().again.transaction_ids, 0);
  EXPECT_EQ(with_six().again.transaction_ids, 0);
  EXPECT_GT(with_two().fresh.transaction_ids, 0) << "or nothing is counted here";
}

TEST(counts, an_apply_with_nothing_to_do_takes_no_lock) {
  EXPECT_EQ(with_six().again.statements_with("advisory_lock("), 0);
  EXPECT_EQ(with_six().again.statements_with("LOCK"), 0);
  EXPECT_GT(with_six().fresh.statements_with("advisory_lock("), 0) << "or nothing is counted here";
}

TEST(counts, an_apply_with_nothing_to_do_asks_the_shared_catalogs_four_times_whatever_the_number_of_services) {
  for (const auto* estate : {&with_two(), &with_six()}) {
    EXPECT_EQ(estate->again.databases.at("postgres").connections, 1);
    EXPECT_LE(estate->again.databases.at("postgres").round_trips, 4);
  }
}

TEST(counts, an_apply_with_nothing_to_do_enters_each_database_once_and_asks_at_most_twice) {
  for (const auto& [estate, databases] : {std::pair{&with_two(), 3U}, std::pair{&with_six(), 7U}}) {
    std::size_t entered = 0;
    for (const auto& [name, one] : estate->again.databases) {
      if (name == "[unknown]" || name.empty() || name == "postgres") continue;
      ++entered;
      EXPECT_EQ(one.connections, 1) << name;
      EXPECT_GE(one.round_trips, 1) << name;
      EXPECT_LE(one.round_trips, 2) << name;
    }
    EXPECT_EQ(entered, databases) << "each service's, and the registry";
  }
}

TEST(counts, a_quick_apply_with_nothing_to_do_opens_one_session_in_the_registry_and_none_in_a_services_database) {
  for (const auto& [estate, services] : {std::pair{&with_two(), 2}, std::pair{&with_six(), 6}}) {
    EXPECT_EQ(estate->quick.report.unchanged, services);
    EXPECT_EQ(estate->quick.report.steps, 0);
    EXPECT_EQ(estate->quick.report.looks.as_noted, services);
    for (const auto& [name, one] : estate->quick.databases) {
      if (name == "[unknown]" || name.empty()) continue;
      EXPECT_EQ(name, "innkeeper");
      EXPECT_EQ(one.connections, 1);
    }
  }
}

TEST(counts, a_quick_apply_with_nothing_to_do_asks_four_times_whatever_the_number_of_services) {
  EXPECT_EQ(with_two().quick.databases.at("innkeeper").round_trips, 4);
  EXPECT_EQ(with_six().quick.databases.at("innkeeper").round_trips, 4);
}

TEST(counts, a_quick_apply_with_nothing_to_do_takes_no_lock_and_no_transaction_id) {
  for (const auto* estate : {&with_two(), &with_six()}) {
    EXPECT_EQ(estate->quick.transaction_ids, 0);
    EXPECT_EQ(estate->quick.statements_with("advisory_lock("), 0);
    EXPECT_EQ(estate->quick.statements_with("LOCK"), 0);
  }
}

TEST(counts, a_proof_opens_at_most_three_sessions_and_asks_for_at_most_twelve_refusals_a_service) {
  for (const auto& [estate, services] : {std::pair{&with_two(), 2}, std::pair{&with_six(), 6}}) {
    EXPECT_EQ(estate->proof.leaks + estate->proof.failed, 0);
    EXPECT_GE(estate->proved.entered, services) << "each log-in enters its own database";
    EXPECT_LE(estate->proved.entered, services * static_cast<int>(sessions_per_service));
    EXPECT_GE(estate->proved.refused, services) << "or nothing is counted here";
    EXPECT_LE(estate->proved.refused, services * static_cast<int>(refusals_per_service));
  }
}

TEST(counts, a_first_apply_creates_each_database_once_and_enters_it_once) {
  EXPECT_EQ(with_two().fresh.statements_with("CREATE DATABASE"), 3);
  EXPECT_EQ(with_six().fresh.statements_with("CREATE DATABASE"), 7);
  for (int i = 1; i <= 6; ++i) {
    const auto name = fmt::format("service_{}", i);
    EXPECT_EQ(with_six().fresh.databases.at(name).connections, 1) << name;
  }
}

TEST(counts, more_services_open_no_more_shared_connections) {
  EXPECT_LE(with_six().fresh.databases.at("postgres").connections,
            with_two().fresh.databases.at("postgres").connections);
  EXPECT_LE(with_six().fresh.databases.at("innkeeper").connections,
            with_two().fresh.databases.at("innkeeper").connections);
}

TEST(counts, a_first_apply_takes_at_most_three_transactions_a_database) {
  EXPECT_LE(with_six().fresh.transaction_ids - with_two().fresh.transaction_ids, 3 * 4);
}

}  // namespace
}  // namespace innkeeper::exec
