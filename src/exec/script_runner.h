#pragma once
// Runs one script of a service's schema files and remembers it in the same transaction; one that can't stand in a
// transaction runs statement by statement, and remembers how far it is, so that the next run goes on there.
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/backoff.h"
#include "core/exit_code.h"
#include "exec/blocker_watch.h"
#include "exec/migration_session.h"
#include "migration/history.h"
#include "migration/pending.h"

namespace innkeeper::exec {

// What running a script took, whether or not it succeeded.
struct script_outcome {
  std::chrono::milliseconds duration{0};
  std::chrono::milliseconds lock_wait{0};  // for tables and other objects; what its last try waited is seen roughly
  int attempts = 1;
};

// What failed in a script, and where. Nothing of a transaction's script is left; of another one the history says what.
class script_failure : public std::exception {
 public:
  script_failure(location where, std::string text, std::string sqlstate, exit_code code);

  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }
  [[nodiscard]] const location& where() const { return where_; }
  // "tables/a.sql:3:14: …", detail, hint, context, each on a line of its own.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }
  [[nodiscard]] exit_code code() const { return code_; }
  [[nodiscard]] const script_outcome& took() const { return took_; }
  void set_took(const script_outcome& took) { took_ = took; }

 private:
  location where_;
  std::string text_;
  std::string sqlstate_;
  exit_code code_;
  script_outcome took_;
};

// One script to run, with the row that says that it ran.
struct script_run {
  const migration::script* what = nullptr;
  migration::history_row row;  // state and counts are filled in; id != 0: an interrupted row, gone on with
  migration::stored_texts texts;
  migration::item_state done_state = migration::item_state::applied;  // or reverted
  bool is_verify = false;                                             // its queries must return nothing
  bool checks_declared = false;  // whether IF NOT EXISTS passed over something else of the same name
};

class script_runner {
 public:
  // Between tries; absent: really waits, by chance.
  struct clockwork {
    std::function<void(std::chrono::milliseconds)> sleep;
    std::function<double()> jitter;
  };

  script_runner(migration_session& session, const migration_target& target, schema_name history,
                const backoff_rules& retries, const event_sink& tell, clockwork time = {});

  // There are many scripts to come: their rows share one plan. Throws pg::error.
  void expect_many();

  // Throws script_failure, whose row is written; pg::error where the session is lost: then nobody knows, and the
  // history has to be asked.
  script_outcome run(const script_run& one);

 private:
  class attempt;
  void forget_prepared_row();

  migration_session& session_;
  const migration_target& target_;
  const schema_name history_;
  const backoff_rules& retries_;
  const event_sink& tell_;
  const clockwork time_;
  blocker_watch in_the_way_;
  bool has_prepared_row_ = false;
};

}  // namespace innkeeper::exec
