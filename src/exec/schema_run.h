#pragma once
// Inside of migrate.h: one run over one service's schema files, with what it has found so far.
#include <memory>
#include <string>

#include "exec/error.h"
#include "exec/migrate.h"
#include "exec/migration_session.h"
#include "migration/tool_history.h"

namespace innkeeper::exec {

class schema_run {
 public:
  schema_run(const migration_target& target, const migrate_options& options, const event_sink& tell);
  schema_run(const schema_run&) = delete;
  schema_run& operator=(const schema_run&) = delete;

  // Whatever ends `work` ends in the report. A session that is lost is opened anew, and `work` begins again: what was
  // done is in the history then.
  template <class Work>
  migrate_report report_of(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    while (!try_in_a_session([&] { work(*this); })) {
    }
    report_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    return std::move(report_);
  }

  void read_history();
  [[nodiscard]] migration::pending_work find_work() const;
  // Puts it into the report; false where it can't go on, or has nothing to do.
  bool show(const migration::pending_work& work);
  bool show(const migration::reverting_work& work);
  // False where a finding forbids it.
  bool lint(const migration::pending_work& work);

  void make_history();
  void run_all(const migration::pending_work& work);
  void revert(const migration::reverting_item& one, int done, int total);
  void run_verify_files();
  void refuse_without_history() const;
  // Of files that another tool ran here, and that nothing of ours knows of: not one of them may run again.
  void refuse_what_a_tool_ran();
  void remark_what_a_tool_ran();
  void show(const diagnostics& problems);  // errors: of history and files (76)

  [[nodiscard]] migration::history_row row_for(const migration::pending_item& one) const;
  void tell(event_kind kind, std::string text) const;
  void remark(std::string text);  // a warning of the report
  void set_taken_from(std::string table) { report_.taken_from = std::move(table); }

  [[nodiscard]] pg::connection& raw() { return session_->raw(); }
  [[nodiscard]] migration_session& session() { return *session_; }
  [[nodiscard]] const migration::stored_history& stored() const { return stored_; }
  [[nodiscard]] const migration_target& target() const { return target_; }

  // The lock, for as long as it lives; the history is read anew under it.
  class locked {
   public:
    explicit locked(schema_run& run);
    locked(const locked&) = delete;
    locked& operator=(const locked&) = delete;
    ~locked() { session_.unlock(); }

   private:
    migration_session& session_;
  };

 private:
  bool try_in_a_session(const std::function<void()>& work);  // true where that was the last one
  void fail(std::string text, exit_code code);
  void open_session();
  void count_and_tell(const event& one);
  void note_what_was_in_doubt();
  std::optional<migration::tool_table> find_other_history();
  void wait_for_the_lock();
  script_runner runner();
  // Tells of it, and leaves what it took in the report, also where it fails.
  schema_item run_script(script_runner& scripts, const script_run& one, schema_item item, event news);
  schema_item run_one(script_runner& scripts, const migration::pending_item& one, int done, int total);

  const migration_target& target_;
  const migrate_options& options_;
  const event_sink& whoever_;
  const event_sink tell_ = [this](const event& one) { count_and_tell(one); };
  session_limits limits_;
  backoff_rules retries_;
  migration::pending_policy policy_;
  std::unique_ptr<migration_session> session_;
  migration::stored_history stored_;
  migrate_report report_;
  struct doubt {
    schema_item item;
    migration::item_state done_state = migration::item_state::applied;
    migration::history_row before;
  };
  std::optional<doubt> in_doubt_;  // runs now, or ran when the session was lost
  bool is_linted_ = false;
  int sessions_ = 0;
};

// PostgreSQL's primary, detail and hint, each on a line of its own.
[[nodiscard]] std::string text_of(const pg::error& failed);

}  // namespace innkeeper::exec
