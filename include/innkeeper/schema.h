#pragma once
// Innkeeper for a service that is written in C++: at its start it brings its own schema up to date, as `innkeeper init`
// does for programs in any language, and later it asks how its schema is. docs/library.md has a whole example.
//
// The connection string's log-in has to own the schema, or to be allowed to change it. Any number of replicas may call
// this at once: one works, the others wait for it and then see that it is done. A start with nothing to do takes no
// lock.
//
// Thread-safety: every function may be called from any thread, also several times at once. They block, for as long as
// the options allow. Nothing is kept between calls, and the environment is read by schema_options_of_environment()
// only.
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper {

enum class log_level { debug, info, warning, error };
[[nodiscard]] std::string_view to_string(log_level one);  // "DEBUG", "INFO", "WARNING", "ERROR"

// One thing that is worth telling. No line holds a password.
struct log_line {
  std::chrono::system_clock::time_point time;
  log_level level = log_level::info;
  std::string service;
  std::string phase;  // "start", "wait", "database", "tables" (a directory of schema files), "migrations", "redis" …
  std::string message;                                // one line of UTF-8
  std::string detail;                                 // empty, or more lines: of a failure
  std::optional<std::chrono::milliseconds> duration;  // of what is done with this line
};
[[nodiscard]] std::string to_text(const log_line& one);  // for people; several lines where there is a detail
[[nodiscard]] std::string to_json(const log_line& one);  // one object on one line

struct schema_options {
  // Where the service's database is, and as whom: postgresql://…, postgresql+asyncpg://…, jdbc:postgresql://…,
  // Host=…;Username=…, host=… user=…; the dialects of docs/connection-strings.md. Required.
  std::string url;
  // Whose schema it is: letters, digits, _ and -. Its history is kept under this name, so it stays the same. Required.
  std::string service;
  // The folder with its schema files (docs/migrations.md). Required.
  std::filesystem::path files;
  // Whose layout they have: "innkeeper", "flyway", "golang-migrate", "dbmate", "goose", "sqlx", "diesel",
  // "node-pg-migrate", "sqitch"; empty: detected.
  std::string format;
  // For files that need an application of some version at least; empty: not said.
  std::string app_version;

  // Waiting for the server, and for each of the brokers: tries after the first, the pause after the first, which
  // doubles up to the longest, and the time for one try.
  int max_retries = 10;
  std::chrono::milliseconds initial_delay{1000};
  std::chrono::milliseconds max_delay{30000};
  std::chrono::milliseconds timeout{30000};

  // How long one statement waits for a table's lock before it gives way, and how often it is tried again.
  std::chrono::milliseconds lock_timeout{2000};
  int lock_retries = 10;
  // How long one statement may take; 0: no limit.
  std::chrono::milliseconds statement_timeout{0};
  // How long to wait for another replica that is at work.
  std::chrono::milliseconds runner_timeout{300000};

  // Rules of the linter that are passed over (docs/lint.md); "all": it only tells.
  std::vector<std::string> allowed_rules;

  // What else the service needs before it begins; empty: nothing. redis://HOST:6379, amqp://HOST:5672; nobody logs in.
  std::string redis_url;
  std::string rabbitmq_url;

  // Lines below this level are not told; details are what the server notices, at level debug.
  log_level least_level = log_level::info;
  bool has_details = false;
  // Also tells "🚀 Starting … Service..." and "🎉 … Service startup completed successfully!", for a service that is
  // ready when its schema is.
  bool announces_start = false;
  // Called one line at a time, from the calling thread or one of ours, until the function returns. It must not throw.
  std::function<void(const log_line&)> log;
};

// DATABASE_URL, DB_INIT_MAX_RETRIES, DB_INIT_INITIAL_DELAY, DB_INIT_MAX_DELAY, DB_INIT_TIMEOUT (seconds, or "500ms"),
// LOG_LEVEL, DB_INIT_DEBUG and INNKEEPER_APP_VERSION, over the defaults above. Throws std::invalid_argument for a
// number that is none.
[[nodiscard]] schema_options schema_options_of_environment();

enum class schema_state {
  ready,    // the schema is what the files say, or newer
  degraded  // it is not, or nobody knows: `error` says why, and the next call goes on where this one stopped
};

// A file that ran, for a service's own metrics.
struct schema_step {
  std::string file;
  std::string phase;    // "tables" (its directory), "migrations"
  std::string version;  // of a version; else ""
  bool succeeded = false;
  std::chrono::milliseconds duration{0};  // with all its attempts
  std::chrono::milliseconds lock_wait{0};
  int attempts = 1;
};

struct schema_report {
  schema_state state = schema_state::degraded;
  std::string version;               // the newest one that is applied; "" with phases only
  std::vector<std::string> applied;  // files that ran now, in their order
  std::vector<std::string> pending;  // files that have yet to run
  std::string error;                 // "" when ready; may have several lines; no password
  // 0 when ready, else what a program may end with (docs/exit-codes.md): 69 not reachable in time, 77 log-in refused,
  // 65 files or rules forbid it, 73 another runner took too long, 75 a lock was not to be had, 76 files and history
  // contradict each other, 2 (of schema_status) files are pending, 1 a file failed.
  int code = 0;
  std::chrono::milliseconds duration{0};  // of the whole call
  int attempts = 0;                       // at the server: 1 where it answered at once
  std::vector<schema_step> steps;         // what ran now, and the file that failed
  std::chrono::milliseconds server_wait{0};
  std::chrono::milliseconds runner_wait{0};  // for another replica that was at work
};

// Waits for the server, runs what is pending, waits for the brokers. Does not throw for what the world does: a server
// that is away, a file with a mistake and a broker that doesn't answer are all `degraded`, and the service decides
// whether it starts; calling again retries. Throws std::invalid_argument for options that can't be meant.
[[nodiscard]] schema_report initialise_schema(const schema_options& options);

// How the schema is now, for a health check: tries the server once, whatever the retries, for at most `timeout`; looks
// without a lock, changes nothing, asks no broker and tells no line.
[[nodiscard]] schema_report schema_status(const schema_options& options);

}  // namespace innkeeper
