#pragma once
// A session for services. Statements are prepared once and kept, any number of them and of transactions goes in one
// round trip, and every wait has an end. What fails on the way is a value here: which transaction, whether it can have
// happened all the same, whether the session is still of use.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "pg/client_answer.h"
#include "pg/error.h"
#include "pg/moment.h"

namespace innkeeper::pg {

struct client_options {
  std::string application_name;             // where the address has none
  std::chrono::milliseconds timeout{5000};  // for all hosts together
  // How long past its deadline a call waits for the answer to its cancellation, before it gives the session up.
  std::chrono::milliseconds cancel_timeout{1000};
};

// A statement with its parameters, in libpq's shape: everything is borrowed.
struct client_call {
  const char* sql = "";
  std::uint64_t key = 0;                // the same for the same text; 0: not kept
  const char* name = "";                // under which the server keeps it
  std::vector<const char*> parameters;  // null pointer: NULL
  std::vector<int> lengths;             // of the binary ones
  std::vector<int> formats;             // 0 text, 1 binary
};

// Calls that succeed or fail together.
struct client_transaction {
  std::vector<const client_call*> calls;
  bool opens_block = false;  // begins with BEGIN: nothing of it can last yet
  bool ends_block = false;   // COMMIT: without an answer nobody knows
};

struct client_failure {
  error_facts facts;
  bool is_lost = false;     // the session is of no use any more
  bool is_unknown = false;  // it may have happened
  bool is_late = false;     // the deadline passed
  bool is_stale = false;    // what the server kept of the statement doesn't fit any more; another try prepares it anew
};

struct client_outcome {
  std::vector<std::shared_ptr<client_answer>> answers;  // of each call, in order; none where it failed
  std::optional<client_failure> failure;
  bool ran_again = false;  // after the others, since what the server kept of a statement didn't fit
};

class client_session {
 public:
  // Tries the hosts in turn, each for its share of the time. Throws pg::error with the last one's refusal; its detail
  // has a line for each where there are several.
  [[nodiscard]] static client_session open(const conninfo& target, const client_options& options);

  client_session(client_session&&) noexcept;
  client_session& operator=(client_session&&) noexcept;
  ~client_session();

  // One round trip. In an open transaction block all of it is part of that block, and there is one transaction to run.
  // Else each is a transaction of its own, and one that fails leaves its neighbours alone. Those that fail because of
  // what the server kept of their statements are run once more, after the others.
  [[nodiscard]] std::vector<client_outcome> run(const std::vector<client_transaction>& asked, moment deadline);

  [[nodiscard]] bool is_lost() const;
  [[nodiscard]] bool is_in_block() const;  // an open or a failed transaction block
  // Whether the server has hung up meanwhile, as far as this machine was told: no round trip.
  [[nodiscard]] bool has_hung_up();
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] int server_version() const;  // 150020

  void close() noexcept;

  // Ends what runs now. From any thread, while the object lives.
  void cancel() noexcept;

 private:
  struct handle;
  explicit client_session(std::unique_ptr<handle> owned);
  std::vector<client_outcome> run_once(const std::vector<client_transaction>& asked,
                                       const std::vector<std::size_t>& numbers, moment deadline);
  std::unique_ptr<handle> handle_;
};

}  // namespace innkeeper::pg
