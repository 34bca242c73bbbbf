#include "exec/script_runner.h"

#include <fmt/format.h>

#include <random>
#include <span>
#include <thread>

#include "core/sql.h"
#include "core/text.h"
#include "exec/index_mender.h"
#include "migration/message.h"
#include "migration/statement_kind.h"
#include "pg/schema_history.h"

namespace innkeeper::exec {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

milliseconds since(clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(clock::now() - start);
}

double random_part() {
  thread_local std::minstd_rand source{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(source);
}

exit_code code_of(const pg::error& failed) {
  if (failed.is_not_permitted()) return exit_code::not_permitted;
  return failed.may_retry() || failed.is_catalog_race() ? exit_code::may_retry : exit_code::failed;
}

// What PostgreSQL's own words leave open.
std::string hint_for_state(std::string_view sqlstate) {
  if (sqlstate == "53200") return "One transaction locks too many objects: spread them over several files.";
  if (sqlstate == "25001") return "Say \"-- innkeeper: no-transaction\" at the file's top.";
  if (sqlstate == "55P04") return "A new value of an enum can be used from the next file on.";
  if (sqlstate == "53100") return "Make room on the server's disk; then run again: it goes on here.";
  return {};
}

std::string facts_text(const pg::error_facts& facts) {
  std::string text;
  const auto line = [&](std::string_view word, const std::string& value) {
    if (!value.empty()) text += fmt::format("\n  {}: {}", word, value);
  };
  line("detail", facts.detail);
  line("hint", facts.hint.empty() ? hint_for_state(facts.sqlstate) : facts.hint);
  line("context", facts.context);
  return text;
}

// A script that says "set" anywhere may have changed a setting of the session; another one can't.
bool may_change_settings(const migration::script& what) {
  return to_lower(what.text).find("set") != std::string::npos;
}

bool may_drop_prepared(const migration::script& what) {
  return to_lower(what.text).find("deallocate") != std::string::npos;
}

bool may_change_role(const migration::script& what) {
  return to_lower(what.text).find("role") != std::string::npos;
}

}  // namespace

script_failure::script_failure(location where, std::string text, std::string sqlstate, exit_code code)
    : where_{std::move(where)}, text_{std::move(text)}, sqlstate_{std::move(sqlstate)}, code_{code} {
  const auto place = to_string(where_);
  if (!place.empty()) text_ = fmt::format("{}: {}", place, text_);
}

script_runner::script_runner(migration_session& session, const migration_target& target, schema_name history,
                             const backoff_rules& retries, const event_sink& tell, clockwork time)
    : session_{session},
      target_{target},
      history_{std::move(history)},
      retries_{retries},
      tell_{tell},
      time_{std::move(time)},
      in_the_way_{target.log_in, session.raw().backend_pid()} {}

// One script with its tries.
class script_runner::attempt {
 public:
  attempt(script_runner& owner, const script_run& asked)
      : owner_{owner}, asked_{asked}, row_{asked.row}, session_{owner.session_.raw()} {
    row_.statements_total = static_cast<int>(asked.what->statements.size());
  }

  script_outcome run() {
    const auto start = clock::now();
    if (owner_.has_prepared_row_ && may_drop_prepared(*asked_.what)) owner_.forget_prepared_row();
    set_own_limits();
    try {
      if (asked_.what->says.no_transaction) {
        run_one_by_one();
      } else {
        run_together();
      }
    } catch (script_failure& failed) {
      restore_settings();
      note_failure(failed);
      failed.set_took(took_since(start));
      throw;
    }
    restore_settings();
    return took_since(start);
  }

 private:
  [[nodiscard]] script_outcome took_since(clock::time_point start) const {
    return {.duration = since(start), .lock_wait = milliseconds{row_.lock_wait_ms}, .attempts = row_.attempts};
  }

  void set_own_limits() {
    const auto& says = asked_.what->says;
    if (!says.lock_timeout && !says.statement_timeout) return;
    std::string sql;
    if (says.lock_timeout) sql += fmt::format("SET lock_timeout = {};", says.lock_timeout->count());
    if (says.statement_timeout) sql += fmt::format("SET statement_timeout = {};", says.statement_timeout->count());
    session_.query(sql);
    has_own_limits_ = true;
  }

  void restore_settings() {
    if (session_.in_transaction()) session_.query("ROLLBACK");
    if (has_own_limits_ || has_lifted_ || may_change_settings(*asked_.what)) owner_.session_.set_limits();
  }

  // ---- a script in a transaction -----------------------------------------------------------------------------------

  void run_together() {
    refuse_transaction_control();
    row_.statements_done = row_.statements_total;
    row_.checksum_done.clear();
    row_.state = asked_.done_state;
    with_retries([&] {
      if (asked_.is_verify) return run_verify();
      run_in_transaction(asked_.what->statements, insert_row(), declared());
    });
  }

  [[nodiscard]] std::string insert_row() const {
    return owner_.has_prepared_row_ ? migration::insert_prepared_row_sql(row_, asked_.texts)
                                    : migration::insert_row_sql(owner_.history_, row_, asked_.texts);
  }

  // Its COMMIT would end our transaction in the middle, and what it had done would stay unrecorded.
  void refuse_transaction_control() {
    for (const auto& one : asked_.what->statements) {
      if (!migration::controls_transaction(one.text)) continue;
      throw script_failure{one.where,
                           "the file has transactions of its own, and runs in one of ours\n"
                           "  hint: Leave BEGIN and COMMIT out; or say \"-- innkeeper: no-transaction\" at its top.",
                           "25001", exit_code::invalid};
    }
  }

  [[nodiscard]] migration::declared_objects declared() const {
    return asked_.checks_declared ? migration::declared_in(asked_.what->statements) : migration::declared_objects{};
  }

  // In one message, but for the data of COPY between the statements; and what is noted of them.
  void run_in_transaction(std::span<const migration::sql_statement> statements, const std::string& noted,
                          const migration::declared_objects& declared) {
    migration::message text;
    text.add("BEGIN");
    for (const auto& one : statements) {
      if (one.copy_data) {
        send_all(text);
        copy(one);
      } else {
        text.add(one);
      }
    }
    if (!declared.columns.empty() || !declared.indexes.empty()) {
      send_all(text);
      require_effect(declared);
    }
    add_note(text, noted);
    text.add("COMMIT");
    send(text);
  }

  // The history is the log-in's own.
  void add_note(migration::message& text, const std::string& noted) const {
    if (may_change_role(*asked_.what)) text.add("SET LOCAL role TO DEFAULT");
    text.add(noted);
  }

  void note(const std::string& noted) {
    migration::message text;
    text.add("BEGIN");
    add_note(text, noted);
    text.add("COMMIT");
    session_.query(text.text());
  }

  void send_all(migration::message& text) {
    if (!text.text().empty()) send(text);
    text = {};
  }

  void copy(const migration::sql_statement& one) {
    try {
      session_.copy_in(one.text, *one.copy_data);
    } catch (const pg::error& failed) {
      throw_at(failed, one, failed.facts().position);
    }
  }

  void run_verify() {
    session_.query("BEGIN READ ONLY");
    for (const auto& one : asked_.what->statements) {
      pg::result rows;
      try {
        rows = session_.query(one.text);
      } catch (const pg::error& failed) {
        throw_at(failed, one, failed.facts().position);
      }
      if (!rows.empty()) throw script_failure{one.where, complaint(rows), {}, exit_code::failed};
    }
    session_.query("COMMIT");
    migration::message end;
    end.add("BEGIN");
    end.add(migration::insert_row_sql(owner_.history_, row_, asked_.texts));
    end.add("COMMIT");
    send(end);
  }

  static std::string complaint(const pg::result& rows) {
    constexpr std::size_t most = 5;
    std::string text = fmt::format("verification found {} {}", rows.size(), rows.size() == 1 ? "problem" : "problems");
    for (std::size_t row = 0; row < std::min(rows.size(), most); ++row) {
      std::string line;
      for (std::size_t column = 0; column < rows.columns(); ++column) {
        line += (line.empty() ? "" : " | ") + rows.text(row, column);
      }
      text += "\n  detail: " + line;
    }
    if (rows.size() > most) text += fmt::format("\n  detail: and {} more", rows.size() - most);
    return text;
  }

  void require_effect(const migration::declared_objects& declared) {
    std::vector<std::string> found;
    if (!declared.columns.empty()) found = pg::find_ineffective_columns(session_, declared.columns);
    if (!declared.indexes.empty()) {
      for (auto& one : pg::find_ineffective_indexes(session_, declared.indexes)) found.push_back(std::move(one));
    }
    if (found.empty()) return;
    std::string text = "IF NOT EXISTS found something else of that name, and changed nothing";
    for (const auto& one : found) text += "\n  detail: " + one;
    text += "\n  hint: Write the change as a migration (ALTER TABLE …): a file of a phase only makes what is missing.";
    throw script_failure{{file_name(), 0, 0}, text, {}, exit_code::history_conflict};
  }

  void send(const migration::message& text) {
    try {
      session_.query(text.text());
    } catch (const pg::error& failed) {
      const auto place = text.find(failed.facts().position, failed.facts().completed);
      throw located_error{failed, place.statement == nullptr ? location{file_name(), 0, 0} : place.where};
    }
  }

  // ---- a script outside a transaction ------------------------------------------------------------------------------

  void run_one_by_one() {
    begin_row();
    const auto& statements = asked_.what->statements;
    bool is_resumed = asked_.row.id != 0;  // what failed is known to have failed
    for (const auto& unit : migration::units_of(statements)) {
      if (unit.first + unit.count <= static_cast<std::size_t>(row_.statements_done)) {
        if (unit.traits.is_setting) session_.query(statements[unit.first].text);  // the others count on it
        continue;
      }
      with_retries([&] { run_unit(unit, is_resumed); });
      is_resumed = false;
    }
    row_.state = asked_.done_state;
    note(migration::finish_row_sql(owner_.history_, row_));
  }

  void begin_row() {
    if (row_.id != 0) return;
    row_.state = migration::item_state::running;
    const auto made = session_.query(migration::insert_row_sql(owner_.history_, row_, asked_.texts));
    row_.id = std::stoll(made.text(0, 0));
  }

  [[nodiscard]] std::string progress(int done) const {
    return migration::progress_sql(owner_.history_, row_.id, done,
                                   migration::checksum_of_first(asked_.what->statements, done));
  }

  // What may stand in a transaction is remembered in the same one; the rest right after it, and the next run looks
  // whether it had been done.
  void run_unit(const migration::statement_unit& unit, bool is_resumed) {
    const auto& statements = asked_.what->statements;
    const int done = static_cast<int>(unit.first + unit.count);
    if (unit.traits.kind == migration::statement_kind::plain) {
      const std::size_t skipped = unit.has_own_transaction ? 1 : 0;
      run_in_transaction(std::span{statements}.subspan(unit.first + skipped, unit.count - 2 * skipped), progress(done),
                         {});
    } else {
      run_outside(statements[unit.first], unit.traits, is_resumed);
      note(progress(done));
    }
    row_.statements_done = done;
  }

  void run_outside(const migration::sql_statement& one, const migration::statement_traits& traits, bool is_resumed) {
    if (traits.kind == migration::statement_kind::rolls_back || traits.kind == migration::statement_kind::begins) {
      throw script_failure{one.where, "a transaction of the file has no COMMIT", "25001", exit_code::invalid};
    }
    try {
      if (traits.kind == migration::statement_kind::outside && !has_lifted_) {
        owner_.session_.lift_limits();
        has_lifted_ = true;
      }
      if (traits.index && !mend_index(session_, *traits.index, is_resumed, owner_.tell_, owner_.target_.service))
        return;
      session_.query(one.text);
    } catch (const pg::error& failed) {
      throw_at(failed, one, failed.facts().position);
    }
  }

  // ---- what goes wrong ---------------------------------------------------------------------------------------------

  // A pg::error with the place in the file that it is about.
  struct located_error {
    pg::error failed;
    location where;
  };

  [[noreturn]] static void throw_at(const pg::error& failed, const migration::sql_statement& one, int position) {
    throw located_error{failed, position > 0 ? migration::place_in(one, position) : one.where};
  }

  template <class Work>
  void with_retries(const Work& work) {
    for (int tries = 1;; ++tries) {
      const auto start = clock::now();
      owner_.in_the_way_.begin([this](const std::string& holders) { tell_blocked(holders); });
      try {
        work();
        row_.lock_wait_ms += owner_.in_the_way_.end().waited.count();
        return;
      } catch (const located_error& failure) {
        const auto seen = owner_.in_the_way_.end();
        const auto& failed = failure.failed;
        if (failed.connection_is_lost()) throw failed;
        if (session_.in_transaction()) session_.query("ROLLBACK");
        note_lock_wait(failed, seen, start);
        if (!is_worth_another_try(failed) || tries > owner_.retries_.most_tries) fail(failure, seen.holders);
        const auto delay =
            delay_after(owner_.retries_, tries, owner_.time_.jitter ? owner_.time_.jitter() : random_part());
        tell_retry(failed, seen.holders, delay);
        ++row_.attempts;
        if (owner_.time_.sleep) {
          owner_.time_.sleep(delay);
        } else {
          std::this_thread::sleep_for(delay);
        }
      } catch (...) {
        (void)owner_.in_the_way_.end();
        throw;
      }
    }
  }

  void note_lock_wait(const pg::error& failed, const blocking& seen, clock::time_point start) {
    const bool gave_way = failed.sqlstate() == "55P03";
    auto waited = seen.waited;
    if (gave_way && waited.count() > 0) waited += seen.since_look;
    if (gave_way && waited.count() == 0) waited = since(start);  // before anybody had looked who is in the way
    row_.lock_wait_ms += waited.count();
  }

  static bool is_worth_another_try(const pg::error& failed) { return failed.may_retry() || failed.is_catalog_race(); }

  [[noreturn]] void fail(const located_error& failure, const std::string& holders) const {
    auto facts = failure.failed.facts();
    if (!holders.empty()) {
      facts.detail = fmt::format("the lock is held by {}", holders);
      facts.hint = "End that session, or wait for it, and run again: it goes on here.";
    }
    throw script_failure{failure.where, fmt::format("{} [{}]{}", facts.primary, facts.sqlstate, facts_text(facts)),
                         facts.sqlstate, code_of(failure.failed)};
  }

  void tell_blocked(const std::string& holders) const {
    tell(event_kind::waiting, fmt::format("{}: waiting for a lock held by {}", asked_.what->file, holders));
  }

  void tell_retry(const pg::error& failed, const std::string& holders, milliseconds delay) const {
    const auto by = holders.empty() ? std::string{} : fmt::format(", held by {}", holders);
    tell(event_kind::waiting, fmt::format("{}: {}{}; trying again in {:.1f} s", asked_.what->file,
                                          failed.facts().primary, by, static_cast<double>(delay.count()) / 1000));
  }

  void tell(event_kind kind, std::string text) const {
    owner_.tell_({.kind = kind,
                  .server = owner_.target_.server,
                  .service = owner_.target_.service,
                  .subject = asked_.what->file,
                  .text = std::move(text)});
  }

  // In a transaction of its own: what failed is rolled back, that it failed is not.
  void note_failure(const script_failure& failed) {
    row_.state = migration::item_state::failed;
    row_.error_sqlstate = failed.sqlstate();
    row_.error_text = failed.text();
    row_.error_line = failed.where().line;
    try {
      if (row_.id != 0) {
        session_.query(migration::finish_row_sql(owner_.history_, row_));
      } else {
        row_.statements_done = 0;
        session_.query(migration::insert_row_sql(owner_.history_, row_, asked_.texts));
      }
    } catch (const pg::error& unnoted) {
      // On a full disk there is no room for this either. What failed is news, that it isn't noted is not: the next run
      // takes the file for one that was never run, or was cut off.
      if (unnoted.connection_is_lost()) throw;
      tell(event_kind::note, fmt::format("{}: the failure could not be noted: {} [{}]", asked_.what->file,
                                         unnoted.facts().primary, unnoted.sqlstate()));
    }
  }

  [[nodiscard]] std::string file_name() const {
    return asked_.what->statements.empty() ? asked_.what->file : asked_.what->statements.front().where.file;
  }

  script_runner& owner_;
  const script_run& asked_;
  migration::history_row row_;
  pg::connection& session_;
  bool has_own_limits_ = false;
  bool has_lifted_ = false;
};

void script_runner::expect_many() {
  if (has_prepared_row_) return;
  try {
    session_.raw().query(migration::prepare_row_sql(history_));
  } catch (const pg::error& failed) {
    if (failed.sqlstate() != "42P05") throw;  // a pool's session, which another run had before
    session_.raw().query(migration::forget_prepared_row_sql() + ";" + migration::prepare_row_sql(history_));
  }
  has_prepared_row_ = true;
}

void script_runner::forget_prepared_row() {
  has_prepared_row_ = false;
  session_.raw().query(migration::forget_prepared_row_sql());
}

script_outcome script_runner::run(const script_run& one) {
  return attempt{*this, one}.run();
}

}  // namespace innkeeper::exec
