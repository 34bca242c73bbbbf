#include "pg/libpq.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "pg/refusal.h"

namespace innkeeper::pg {
namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// libpq takes it before the host that we name, sockets too, and an empty value of ours does not overrule it.
void refuse_address_of_environment(const conninfo& target) {
  if (std::getenv("PGHOSTADDR") == nullptr || target.endpoints.empty() || target.parameters.contains("hostaddr"))
    return;
  throw error{{.sqlstate = "22023",
               .primary = "PGHOSTADDR is set in the environment and would lead to another server",
               .hint = "Run: unset PGHOSTADDR."}};
}

// libpq goes on without a list of revoked certificates that it can't find.
void refuse_missing_revocations(const conninfo& target) {
  const auto list = target.parameters.find("sslcrl");
  const auto mode = target.parameters.find("sslmode");
  if (list == target.parameters.end() || list->second.empty()) return;
  if (mode != target.parameters.end() && mode->second == "disable") return;
  if (::access(list->second.c_str(), R_OK) == 0) return;
  throw error{{.sqlstate = "08001",
               .primary = fmt::format("the list of revoked certificates \"{}\" can't be read", list->second),
               .tls = tls_trouble::bad_revocation_list}};
}

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<const char*> pointers;
  for (const auto& one : texts) pointers.push_back(one.c_str());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string{} : std::string{text};
}

error_facts facts_of(const PGresult* result, const PGconn* session) {
  error_facts facts{.sqlstate = result == nullptr ? std::string{} : field(result, PG_DIAG_SQLSTATE)};
  if (facts.sqlstate.empty()) {
    return {.sqlstate = PQstatus(session) == CONNECTION_BAD ? "08006" : "08000",
            .primary = trimmed(PQerrorMessage(session))};
  }
  facts.primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
  facts.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  facts.hint = field(result, PG_DIAG_MESSAGE_HINT);
  facts.context = field(result, PG_DIAG_CONTEXT);
  facts.schema = field(result, PG_DIAG_SCHEMA_NAME);
  facts.table = field(result, PG_DIAG_TABLE_NAME);
  facts.column = field(result, PG_DIAG_COLUMN_NAME);
  facts.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  const std::string position = field(result, PG_DIAG_STATEMENT_POSITION);
  facts.position = position.empty() ? 0 : std::stoi(position);
  return facts;
}

bool wait_for_socket(const PGconn* session, short what, moment deadline) {
  pollfd socket{PQsocket(session), what, 0};
  for (;;) {
    int wait = -1;
    if (deadline != never) {
      // Up to the next millisecond: else the last one would be spent in turning round.
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) return false;
      wait = static_cast<int>(std::min<long>(left.count(), 60'000));
    }
    const int ready = ::poll(&socket, 1, wait);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

void keyword_list::add_endpoints(const std::vector<endpoint>& all) {
  if (all.empty()) return;
  std::string hosts;
  std::string ports;
  for (const auto& one : all) {
    hosts += (hosts.empty() && ports.empty() ? "" : ",") + one.host;
    ports += (ports.empty() ? "" : ",") + std::to_string(one.port == 0 ? 5432 : one.port);
  }
  add("host", hosts);
  add("port", ports);
}

owned_session open_session(const conninfo& target, const keyword_list& list, PQnoticeReceiver receiver, void* hears,
                           std::chrono::milliseconds timeout, moment deadline, const std::stop_token& stop) {
  constexpr std::chrono::milliseconds look{50};  // at `stop`
  refuse_address_of_environment(target);
  refuse_missing_revocations(target);
  const auto keys = pointers_to(list.keys);
  const auto values = pointers_to(list.values);
  owned_session owned{PQconnectStartParams(keys.data(), values.data(), 0)};
  PGconn* session = owned.get();
  if (session == nullptr) throw error{{.sqlstate = "53200", .primary = "out of memory"}};
  PQsetErrorVerbosity(session, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(session, receiver, hears);
  for (auto state = PQstatus(session) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
       state != PGRES_POLLING_OK; state = PQconnectPoll(session)) {
    if (state == PGRES_POLLING_FAILED) throw error{facts_of_refusal(PQerrorMessage(session))};
    const short what = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    while (stop.stop_possible() && !wait_for_socket(session, what, std::min(deadline, moment::clock::now() + look))) {
      if (stop.stop_requested()) throw error{{.sqlstate = "57014", .primary = "nobody needs the session any more"}};
      if (moment::clock::now() >= deadline) break;
    }
    if (!wait_for_socket(session, what, deadline)) {
      throw error{{.sqlstate = "08001", .primary = fmt::format("no answer within {} ms", timeout.count())}};
    }
  }
  PQsetErrorVerbosity(session, PQERRORS_DEFAULT);
  return owned;
}

}  // namespace innkeeper::pg
