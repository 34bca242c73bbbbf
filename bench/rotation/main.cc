// Rotations under applications that log in all the time: with two log-ins that take turns, in place, and where nobody
// reads the new secret. Prints tables in Markdown. Usage: bench_rotation [--rotations N] [--clients N] [--services N]
// [--grace MILLISECONDS]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "exec/apply.h"
#include "exec/rotate.h"
#include "tests/core/estates.h"
#include "tests/support/applications.h"
#include "tests/support/postgres_fixture.h"

namespace {

using namespace innkeeper;
using std::chrono::milliseconds;

struct sizes {
  int rotations = 1000;
  int clients = 64;
  int services = 10;
  milliseconds grace{2000};
};

sizes read_sizes(int count, char** words) {
  sizes all;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string name = words[i];
    const int value = std::atoi(words[i + 1]);
    if (name == "--rotations") all.rotations = value;
    if (name == "--clients") all.clients = value;
    if (name == "--services") all.services = value;
    if (name == "--grace") all.grace = milliseconds{value};
  }
  return all;
}

struct outcome {
  int rotations = 0;
  long log_ins = 0;
  long refused = 0;
  long failed_statements = 0;
  double seconds_each = 0;
  double longest_until_dead = 0;  // seconds after the first look that saw nobody use the former log-in
};

// Of applications that read their secret once.
struct stall {
  int asked = 0;
  int still_open = 0;       // former log-ins
  std::set<int> processes;  // named by the reports, as having begun since
  long log_ins = 0;
  long refused = 0;
  long failed_statements = 0;
};

class contest {
 public:
  explicit contest(const sizes& how)
      : how_{how},
        cluster_{
            {.settings = {{"max_connections", std::to_string(4 * how.clients + 100)}}, .password = "admin password"}} {
    std::vector<service_declaration> services;
    for (int i = 0; i < how.services; ++i) {
      services.push_back(test::service(fmt::format("service{}", i), 10 * (i + 1)));
      services.back().connections.value = how.clients;
    }
    all_ = test::estate_of(std::move(services));
    all_.secrets_directory = folder_.path() / "secrets";
    access_.server = &all_.servers.front();
    access_.admin = cluster_.admin();
    access_.endpoints = cluster_.admin().endpoints;
    for (const auto& one : exec::apply_server(all_, access_, {}, quiet_).failures) throw std::runtime_error{one.text};
  }

  outcome run(rotation_mode mode) {
    for (auto& one : all_.services) one.rotation.mode = mode;
    std::atomic<unsigned> next = 0;
    test::applications at_work{how_.clients, [&] {
                                 const auto& one = all_.services[next++ % all_.services.size()];
                                 return exec::service_conninfo(all_, one, access_);
                               }};
    if (!at_work.have_begun(how_.clients)) throw std::runtime_error{"the applications do not get in"};
    outcome result;
    const auto start = std::chrono::steady_clock::now();
    while (result.rotations < how_.rotations) rotate(result);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    at_work.end();
    result.log_ins = at_work.sessions();
    result.refused = at_work.refused();
    result.failed_statements = at_work.failed_statements();
    result.seconds_each = took.count() * how_.services / result.rotations;
    return result;
  }

  stall run_where_nobody_reads_again(milliseconds wait) {
    std::vector<conninfo> secrets;
    for (auto& one : all_.services) {
      one.rotation.mode = rotation_mode::overlap;
      secrets.push_back(exec::service_conninfo(all_, one, access_));
    }
    std::atomic<unsigned> next = 0;
    test::applications at_work{how_.clients, [&] { return secrets[next++ % secrets.size()]; }};
    if (!at_work.have_begun(how_.clients)) throw std::runtime_error{"the applications do not get in"};
    const auto report = exec::rotate_on(all_, access_, {.grace = how_.grace, .wait = wait}, quiet_);
    at_work.end();
    stall result{
        .log_ins = at_work.sessions(), .refused = at_work.refused(), .failed_statements = at_work.failed_statements()};
    for (const auto& one : report.log_ins) {
      ++result.asked;
      if (one.outcome == exec::rotation_outcome::draining) ++result.still_open;
      for (const auto& session : one.former) {
        if (is_new_since(session, one.now.flipped_at.value_or(server_time{}))) result.processes.insert(session.pid);
      }
    }
    return result;
  }

 private:
  void rotate(outcome& result) {
    std::map<std::string, server_time> closed_at;
    const auto report = exec::rotate_on(
        all_, access_, {.grace = how_.grace, .wait = std::chrono::minutes{5}}, [&](const exec::event& one) {
          if (one.text == "closed") {
            closed_at[one.subject] = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
          }
        });
    for (const auto& one : report.log_ins) {
      if (one.outcome != exec::rotation_outcome::changed) {
        throw std::runtime_error{fmt::format("{}: {}; {}", one.log_in, exec::to_string(one.outcome), one.text)};
      }
      ++result.rotations;
      const auto closed = closed_at.find(fmt::format("log-in {}", one.log_in));
      if (closed == closed_at.end() || !one.now.quiet_since) continue;
      const std::chrono::duration<double> after = closed->second - *one.now.quiet_since;
      result.longest_until_dead = std::max(result.longest_until_dead, after.count());
    }
  }

  const sizes how_;
  const exec::event_sink quiet_ = [](const exec::event&) {};
  test::scratch_folder folder_;
  test::cluster cluster_;
  estate all_;
  exec::server_access access_;
};

std::string row(const char* name, const outcome& one, bool drains) {
  return fmt::format("| {} | {} | {} | **{}** | **{}** | {:.2f} s | {} |\n", name, one.rotations, one.log_ins,
                     one.refused, one.failed_statements, one.seconds_each,
                     drains ? fmt::format("{:.2f} s", one.longest_until_dead) : "at once");
}

}  // namespace

int main(int count, char** words) {
  try {
    const auto how = read_sizes(count, words);
    contest here{how};
    const auto overlap = here.run(rotation_mode::overlap);
    const auto in_place = here.run(rotation_mode::in_place);
    fmt::print("{} applications on {} services, grace {} ms\n\n", how.clients, how.services, how.grace.count());
    fmt::print(
        "| | rotations | log-ins | failed log-ins | failed statements | a run over all services | former password "
        "dead after its last use |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    fmt::print("{}{}", row("two log-ins", overlap, true), row("in place", in_place, false));
    const auto stalled = here.run_where_nobody_reads_again(5 * how.grace);
    fmt::print(
        "\nWhere no application reads its secret again: {} rotations, {} former log-ins still open after {} s, {} "
        "processes named by the last look, {} log-ins, **{}** failed log-ins, **{}** failed statements.\n",
        stalled.asked, stalled.still_open, 5 * how.grace.count() / 1000, stalled.processes.size(), stalled.log_ins,
        stalled.refused, stalled.failed_statements);
    const bool is_right = overlap.refused + overlap.failed_statements == 0 && overlap.longest_until_dead <= 5 &&
                          stalled.refused + stalled.failed_statements == 0 && stalled.still_open == stalled.asked;
    return is_right ? 0 : 1;
  } catch (const std::exception& failed) {
    fmt::print(stderr, "bench_rotation: {}\n", failed.what());
    return 1;
  }
}
