#include "exec/embedded_reload.h"

#include <fmt/format.h>

#include <thread>
#include <utility>

#include "pg/connection.h"

namespace innkeeper::exec {
namespace {

constexpr std::string_view time_of_loading = "SELECT pg_catalog.pg_conf_load_time()::text";
constexpr std::string_view bad_setting =
    "SELECT pg_catalog.format('\"%s\" line %s: %s', sourcefile, sourceline, error) "
    "FROM pg_catalog.pg_file_settings WHERE error IS NOT NULL ORDER BY seqno LIMIT 1";
constexpr std::string_view bad_rule =
    "SELECT pg_catalog.format('\"%s\" line %s: %s', pg_catalog.current_setting('hba_file'), line_number, error) "
    "FROM pg_catalog.pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number LIMIT 1";

// Each time in a session of its own: it begins with what the postmaster has read.
std::string ask(const conninfo& admin, std::string_view sql) {
  const auto rows = pg::connection::open(admin, {}).query(std::string{sql});
  return rows.empty() ? std::string{} : rows.text(0, 0);
}

}  // namespace

reload_watch::reload_watch(conninfo admin) : admin_{std::move(admin)} {
  try {
    (void)ask(admin_, bad_rule);  // may it look?
    loaded_at_ = ask(admin_, time_of_loading);
  } catch (const pg::error&) {
    loaded_at_.clear();
  }
}

std::string reload_watch::problem(std::chrono::milliseconds patience) const {
  if (loaded_at_.empty()) return {};
  try {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (ask(admin_, time_of_loading) == loaded_at_) {
      if (std::chrono::steady_clock::now() >= deadline) {
        const auto why = ask(admin_, bad_setting);
        return why.empty() ? "it has not read its files anew" : why;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    return ask(admin_, bad_rule);
  } catch (const pg::error& failed) {
    return fmt::format("it can't be asked any more: {} [{}]", failed.facts().primary, failed.sqlstate());
  }
}

}  // namespace innkeeper::exec
