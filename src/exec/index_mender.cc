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

// The orphan of a killed runner works on: its index may yet become valid. True where somebody was at it.
bool wait_for_builder(pg::connection& session, const std::string& name, const event_sink& tell,
                      const std::string& service) {
  int told = 0;
  for (;;) {
    const auto state = pg::state_of_index(session, name);
    if (!state || !state->builder) return told != 0;
    if (told != *state->builder) {
      told = *state->builder;
      tell({.kind = event_kind::waiting,
            .service = service,
            .text = fmt::format("index {} is being built by pid {}; waiting", name, told)});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
  }
}

bool is_same(const migration::concurrent_index& wanted, const pg::index_state& found) {
  return wanted.columns.empty() || (wanted.columns == found.columns && wanted.is_unique == found.is_unique);
}

bool must_build(pg::connection& session, const migration::concurrent_index& index, bool is_resumed,
                const event_sink& tell, const std::string& service) {
  const bool was_built_now = wait_for_builder(session, index.name, tell, service);
  const auto state = pg::state_of_index(session, index.name);
  if (!state) return true;
  if (state->is_valid) return !((is_resumed || was_built_now) && is_same(index, *state));
  tell({.kind = event_kind::note,
        .service = service,
        .text = fmt::format("index {} was left INVALID by a build that failed; building it anew", index.name)});
  drop(session, index.name);
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
      return must_build(session, index, is_resumed, tell, service);
    case index_work::drops:
      return !is_resumed || pg::state_of_index(session, index.name).has_value();
    case index_work::rebuilds:
      remove_leavings(session, index.name);
      return true;
  }
  return true;
}

}  // namespace innkeeper::exec
