#include "exec/index_mender.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "pg/schema_history.h"

namespace innkeeper::exec {
namespace {

using migration::index_work;

void drop(pg::connection& session, const std::string& name) {
  session.query(fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}", name));
}

// The orphan of a killed runner works on: its index may yet become valid.
std::optional<pg::index_state> wait_for_builder(pg::connection& session, const std::string& name,
                                                const event_sink& tell, const std::string& service) {
  int told = 0;
  for (;;) {
    auto state = pg::state_of_index(session, name);
    if (!state || !state->builder) return state;
    if (told != *state->builder) {
      told = *state->builder;
      tell({.kind = event_kind::waiting,
            .service = service,
            .text = fmt::format("index {} is being built by pid {}; waiting", name, told)});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  }
}

bool must_build(pg::connection& session, const std::string& name, bool is_resumed, const event_sink& tell,
                const std::string& service) {
  const auto state = wait_for_builder(session, name, tell, service);
  if (!state) return true;
  if (state->is_valid) return !is_resumed;
  tell({.kind = event_kind::note,
        .service = service,
        .text = fmt::format("index {} was left INVALID by a build that failed; building it anew", name)});
  drop(session, name);
  return true;
}

// REINDEX builds beside the old index, and leaves that behind where it fails.
void remove_leavings(pg::connection& session, const std::string& name) {
  const auto state = pg::state_of_index(session, name);
  if (!state) return;
  for (const auto& one : state->leavings) drop(session, one);
}

}  // namespace

bool mend_index(pg::connection& session, const migration::concurrent_index& index, bool is_resumed,
                const event_sink& tell, const std::string& service) {
  if (index.name.empty()) return true;
  switch (index.what) {
    case index_work::builds:
      return must_build(session, index.name, is_resumed, tell, service);
    case index_work::drops:
      return !is_resumed || pg::state_of_index(session, index.name).has_value();
    case index_work::rebuilds:
      remove_leavings(session, index.name);
      return true;
  }
  return true;
}

}  // namespace innkeeper::exec
