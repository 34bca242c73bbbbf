#include "exec/ordered_steps.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>

#include "core/step_sql.h"
#include "exec/error.h"
#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;

class ordered_runner {
 public:
  ordered_runner(const server_access& access, audit_trail& audit, const event_sink& tell)
      : access_{access}, audit_{audit}, tell_{tell} {}

  void run(const step& one, int done, int total) {
    const auto note = [&](event_kind kind, const std::string& text, std::chrono::milliseconds duration = {}) {
      tell_({.kind = kind,
             .server = access_.server->name,
             .service = one.from.service,
             .subject = subject_of(one),
             .text = text,
             .duration = duration,
             .done = done,
             .total = total});
    };
    note(event_kind::step_begun, describe(one));
    const auto start = clock::now();
    const std::string sql = to_sql(one, std::nullopt);
    try {
      auto& session = session_in(one.scope == step_scope::inside ? one.database : access_.admin.database);
      session.query(is_transactional(one) ? "BEGIN;\n" + sql + "\nCOMMIT;" : sql);
    } catch (const pg::error& failed) {
      session_.reset();
      audit_.add(one, {}, fmt::format("{} [{}]", failed.facts().primary, failed.sqlstate()));
      note(event_kind::step_failed, failed.facts().primary);
      const auto code = failed.is_not_permitted() ? exit_code::not_permitted
                        : failed.may_retry()      ? exit_code::may_retry
                                                  : exit_code::failed;
      std::string detail = fmt::format("{} [{}]", failed.facts().primary, failed.sqlstate());
      if (!failed.facts().detail.empty()) detail += "\n" + failed.facts().detail;
      throw error{
          code, fmt::format("could not run \"{}\"", describe(one)), detail,
          failed.facts().hint.empty() ? "Mend that, then run the same again; it goes on here." : failed.facts().hint};
    }
    const auto duration = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - start);
    audit_.add(one, duration, {});
    note(event_kind::step_done, describe(one), duration);
  }

 private:
  // Kept from one step to the next, unless it is in a database that another step is to drop.
  pg::connection& session_in(const database_name& database) {
    if (!session_ || database_ != database) {
      session_.reset();
      conninfo target = access_.admin;
      target.database = database;
      session_ = pg::connection::open(target, {.application_name = "innkeeper leaving"});
      database_ = database;
    }
    return *session_;
  }

  const server_access& access_;
  audit_trail& audit_;
  const event_sink& tell_;
  std::optional<pg::connection> session_;
  database_name database_;
};

}  // namespace

int run_in_order(const std::vector<step>& steps, const server_access& access, audit_trail& audit,
                 const event_sink& tell) {
  ordered_runner runner{access, audit, tell};
  int done = 0;
  for (const auto& one : steps) runner.run(one, done++, static_cast<int>(steps.size()));
  return done;
}

}  // namespace innkeeper::exec
