#pragma once
// What the files of this folder share of libpq; no other folder includes this.
#include <libpq-fe.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "pg/error.h"
#include "pg/moment.h"

namespace innkeeper::pg {

struct session_closer {
  void operator()(PGconn* opened) const { PQfinish(opened); }
};
using owned_session = std::unique_ptr<PGconn, session_closer>;

struct result_clearer {
  void operator()(PGresult* result) const { PQclear(result); }
};
using owned_result = std::unique_ptr<PGresult, result_clearer>;

// Of PG_DIAG_*; "" where the server didn't say.
[[nodiscard]] std::string field(const PGresult* result, int code);

// Why something failed; `result` null: what libpq says of its session. 08006 and 08000 where nobody gave a code.
[[nodiscard]] error_facts facts_of(const PGresult* result, const PGconn* session);

// False where the time is over before the socket is ready for `what` (POLLIN, POLLOUT).
[[nodiscard]] bool wait_for_socket(const PGconn* session, short what, moment deadline);

// libpq's parameters, in the order in which they are given.
struct keyword_list {
  std::vector<std::string> keys;
  std::vector<std::string> values;

  void add(std::string key, std::string value) {
    keys.push_back(std::move(key));
    values.push_back(std::move(value));
  }
  // Host and port.
  void add_endpoints(const std::vector<endpoint>& all);
};

// Opens a session, with the server's SQLSTATE where it refuses. Throws pg::error; 22023 where PGHOSTADDR is set, which
// libpq takes before the host that `target` names; 57014 where `stop` says so. `timeout` ends at `deadline`, and is
// told in the error.
[[nodiscard]] owned_session open_session(const conninfo& target, const keyword_list& list, PQnoticeReceiver receiver,
                                         void* hears, std::chrono::milliseconds timeout, moment deadline,
                                         const std::stop_token& stop = {});

}  // namespace innkeeper::pg
