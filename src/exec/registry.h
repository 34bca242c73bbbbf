#pragma once
// Innkeeper's memory on a server, in the database "innkeeper": which objects it made, and the audit trail of every run.
// Collects in memory and writes in batches, so that remembering costs a few transactions a run, not one a step. Silent
// where the registry can't be written: remembering must not stop the work (it is told as a note).
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/desired.h"
#include "core/footprint.h"
#include "core/observed.h"
#include "core/step.h"
#include "exec/event.h"
#include "exec/server_access.h"
#include "pg/connection.h"

namespace innkeeper::exec {

class audit_trail {
 public:
  audit_trail(const server_access& access, std::string estate, event_sink tell);
  audit_trail(const audit_trail&) = delete;
  audit_trail& operator=(const audit_trail&) = delete;
  ~audit_trail();  // writes what is left, also of a run that an exception ends

  // Says that a run is under way, where the registry is there by now. A run that is cut off leaves this behind: then
  // the next one finishes what is to be remembered, even where it finds nothing else to do.
  void begin();
  // From any thread.
  void add(const step& done, std::chrono::milliseconds duration, const std::string& error);
  // Writes what was collected, if the registry is there by now.
  void flush();
  // The same, once enough was collected, or long enough ago, to be worth a transaction. What a killed run did since is
  // not in its trail.
  void flush_full_batch();
  // The last write: the run's outcome, and the objects that carry the estate's mark.
  // `right`: the fingerprints of the log-ins' passwords that are in step, for telling later whose hand changed one.
  void finish(int applied, int failed, const desired_server& desired, const observed_server& after,
              const std::map<role_name, std::string>& right);
  // The same for this estate's runs that were cut off, by a run that has nothing else to do.
  void finish_what_was_cut_off(const desired_server& desired, const observed_server& after,
                               const std::map<role_name, std::string>& right);
  // The same for a run in which a service left: rows of objects that are gone go, too.
  void finish_leaving(bool succeeded, int steps);
  // The same for a run that changed log-ins and remembered their passwords itself.
  void finish_rotation(bool succeeded, int steps, const desired_server& desired, const observed_server& after);
  // What is no step: a dump.
  void note(const std::string& service, const std::string& kind, const std::string& what,
            std::chrono::milliseconds duration, const std::string& error);

 private:
  struct row {
    int number = 0;
    std::string service, place, kind, what, error;
    std::chrono::milliseconds duration;
    std::chrono::system_clock::time_point ended;
  };

  bool connect();
  bool in_registry(const std::function<void(pg::connection&)>& work);
  void say_it_began(pg::connection& session);
  void write_last(const std::string& server, const std::function<void(pg::connection&)>& work);
  void tell_not_written(const std::string& server, const std::string& why) const;
  void write(pg::connection& session, const std::vector<row>& rows);
  void write_outcome(pg::connection& session, bool succeeded, int applied, int failed);
  void close_what_was_cut_off(pg::connection& session);
  void remember_objects(pg::connection& session, const desired_server& desired, const observed_server& after);
  static void remember_passwords(pg::connection& session, const observed_server& after,
                                 const std::map<role_name, std::string>& right);

  const server_access& access_;
  const std::string estate_;
  const event_sink tell_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::mutex writing_;  // of session_, run_id_; before guard_
  std::mutex guard_;    // of waiting_, added_
  std::vector<row> waiting_;
  int added_ = 0;
  std::atomic<std::chrono::steady_clock::time_point> last_written_ = std::chrono::steady_clock::now();
  std::string run_id_;
  std::optional<pg::connection> session_;
};

struct registry_memory {
  std::vector<registered_object> objects;  // of this estate and of `service create`
  std::vector<log_in_pair> pairs;
};

// Empty where there is none, or it can't be read.
[[nodiscard]] registry_memory read_registry(const server_access& access, const std::string& estate);

// "alice@build-7": who runs us, for the lock's holder and the audit trail.
[[nodiscard]] const std::string& who_am_i();

}  // namespace innkeeper::exec
