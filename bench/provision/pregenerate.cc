// bench_pregenerate MANIFEST URL: writes the product's own plan for an empty server as blocks of SQL (blocks.h), with
// verifiers computed here, so that the floor reaches the same end state and cannot drift from it.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>

#include "blocks.h"
#include "core/plan.h"
#include "core/scram.h"
#include "core/step_sql.h"
#include "exec/manifest_loader.h"
#include "exec/random.h"
#include "pg/catalog.h"
#include "pg/connection.h"

namespace innkeeper::bench {
namespace {

// One transaction over thousands of roles or databases would exhaust the server's lock table.
constexpr std::size_t steps_per_block = 500;

plan plan_of(const estate& all, const std::string& url) {
  const auto target = parse_conninfo(url);
  if (!target.value) throw std::runtime_error("URL: " + target.problem);
  auto admin = *target.value;
  if (const char* password = std::getenv("POSTGRES_PASSWORD")) admin.password = secret{password};
  auto session = pg::connection::open(admin, {.application_name = "bench_pregenerate"});
  auto observed = pg::observe_shared(session);
  observed.available_extensions = pg::observe_available_extensions(session);
  return make_plan(derive_desired(all, all.servers.at(0)), observed, {}, {});
}

secret some_verifier() {
  return scram_verifier(exec::generate_password(), exec::random_salt());
}

std::string sql_of(const step& one) {
  if (needs_secret_of(one).empty()) return to_sql(one, std::nullopt) + "\n";
  return to_sql(one, some_verifier()) + "\n";
}

void write_shared(const plan& all, step_scope scope, const std::string& kind) {
  std::string sql;
  std::size_t steps = 0;
  const auto flush = [&] {
    if (!sql.empty()) write_block(std::cout, kind, "-", sql);
    sql.clear();
    steps = 0;
  };
  for (const auto& one : all.steps) {
    if (one.scope != scope) continue;
    if (!is_transactional(one)) throw std::runtime_error("not for this bench: " + describe(one));
    sql += sql_of(one);
    if (++steps == steps_per_block) flush();
  }
  flush();
}

void write_databases(const plan& all) {
  std::vector<std::string> order;
  std::map<std::string, database_blocks> found;
  for (const auto& one : all.steps) {
    if (one.scope != step_scope::around && one.scope != step_scope::inside) continue;
    auto [at, is_new] = found.try_emplace(one.database.value);
    if (is_new) order.push_back(one.database.value);
    auto& block = one.scope == step_scope::inside                            ? at->second.inside
                  : std::holds_alternative<steps::create_database>(one.what) ? at->second.create
                                                                             : at->second.around;
    block += sql_of(one);
  }
  for (const auto& name : order) {
    const auto& one = found.at(name);
    if (one.create.empty()) continue;  // the maintenance databases
    write_block(std::cout, "create", name, one.create);
    write_block(std::cout, "around", name, one.around);
    write_block(std::cout, "inside", name, one.inside);
  }
}

void run(const std::string& manifest, const std::string& url) {
  const auto loaded = exec::load_manifest(manifest);
  if (has_errors(loaded.problems)) throw std::runtime_error(manifest + " has errors");
  const auto all = plan_of(loaded.value, url);
  if (has_errors(all.problems) || all.empty()) throw std::runtime_error("there is no plan: is the server empty?");
  write_shared(all, step_scope::server, "server");
  write_databases(all);
  write_shared(all, step_scope::closing, "closing");
}

}  // namespace
}  // namespace innkeeper::bench

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "usage: bench_pregenerate MANIFEST URL\n";
    return 64;
  }
  try {
    innkeeper::bench::run(words[1], words[2]);
  } catch (const std::exception& problem) {
    std::cerr << "bench_pregenerate: " << problem.what() << '\n';
    return 1;
  }
  return 0;
}
