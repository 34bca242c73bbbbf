#pragma once
// Innkeeper's memory on a server, in the database "innkeeper": which objects it made, and the audit trail of every run.
// Collects in memory and writes in batches, so that remembering costs a few transactions a run, not one a step. Silent
// where the registry can't be written: remembering must not stop the work (it is told as a note).
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/desired.h"
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

  // From any thread.
  void add(const step& done, std::chrono::milliseconds duration, const std::string& error);
  // Writes what was collected, if the registry is there by now.
  void flush();
  // The same, once enough was collected to be worth a transaction. What a killed run collected since is lost.
  void flush_full_batch();
  // The last write: the run's outcome, and the objects that carry the estate's mark.
  void finish(int applied, int failed, const desired_server& desired, const observed_server& after);

 private:
  struct row {
    std::string service, place, kind, what, error;
    std::chrono::milliseconds duration;
    std::chrono::system_clock::time_point ended;
  };

  bool open();
  void tell_not_written(const std::string& server, const std::string& why) const;
  void write(const std::vector<row>& rows);
  void remember_objects(const desired_server& desired, const observed_server& after);

  const server_access& access_;
  const std::string estate_;
  const event_sink tell_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::mutex guard_;
  std::vector<row> waiting_;
  int written_ = 0;
  std::string run_id_;
  std::optional<pg::connection> session_;
};

// "alice@build-7": who runs us, for the lock's holder and the audit trail.
[[nodiscard]] const std::string& who_am_i();

}  // namespace innkeeper::exec
