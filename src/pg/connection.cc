#include "pg/connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace innkeeper::pg {
namespace {

using clock = std::chrono::steady_clock;

struct result_deleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using owned_result = std::unique_ptr<PGresult, result_deleter>;

std::string field(const PGresult* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string{} : std::string{text};
}

std::string without_newline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

// Warnings that mean "nothing was done": a plan that runs into one must not count as applied.
struct notice_board {
  std::optional<error_facts> refusal;

  static void receive(void* self, const PGresult* notice) {
    const std::string sqlstate = field(notice, PG_DIAG_SQLSTATE);
    auto& board = *static_cast<notice_board*>(self);
    if ((sqlstate == "01006" || sqlstate == "01007") && !board.refusal) {
      board.refusal = error_facts{.sqlstate = sqlstate,
                                  .primary = field(notice, PG_DIAG_MESSAGE_PRIMARY),
                                  .detail = field(notice, PG_DIAG_MESSAGE_DETAIL)};
    }
  }
};

// With PQERRORS_SQLSTATE a refusal reads `connection to server … failed: FATAL:  28P01`, with several hosts a line
// each; with PQERRORS_VERBOSE the message stands behind the code. The last host's answer is the one that counts.
error_facts facts_of_refusal(const std::string& message) {
  error_facts facts{.sqlstate = "08006"};
  for (const std::string_view level : {"FATAL:  ", "ERROR:  ", "PANIC:  "}) {
    const auto at = message.rfind(level);
    if (at == std::string::npos) continue;
    const auto code = message.substr(at + level.size(), 5);
    const bool is_code = code.size() == 5 && std::ranges::all_of(code, [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
                         });
    if (!is_code) continue;
    facts.sqlstate = code;
    auto text = message.substr(at + level.size() + 5);
    if (text.starts_with(": ")) text = text.substr(2);
    while (text.starts_with(' ')) text = text.substr(1);
    const auto line_end = text.find('\n');
    facts.primary = text.substr(0, line_end);
    if (line_end != std::string::npos) {
      const std::string_view mark = "DETAIL:  ";
      if (const auto detail = text.find(mark); detail != std::string::npos) {
        facts.detail = text.substr(detail + mark.size(), text.find('\n', detail) - detail - mark.size());
      }
    }
    return facts;
  }
  facts.primary = without_newline(message);
  // Nobody listens, or the name doesn't resolve: there was no connection at all.
  if (message.find("refused") != std::string::npos || message.find("No such file") != std::string::npos ||
      message.find("could not translate host name") != std::string::npos ||
      message.find("timeout expired") != std::string::npos || message.find("timed out") != std::string::npos) {
    facts.sqlstate = "08001";
  }
  return facts;
}

// libpq's `options` word list: a space or backslash inside a value is escaped.
std::string startup_options(const connect_options& options) {
  if (options.kind == session_kind::service) return {};
  std::string text;
  const auto pin = [&](std::string_view name, std::string_view value) {
    text += text.empty() ? "-c " : " -c ";
    text += name;
    text += '=';
    for (const char c : value) {
      if (c == ' ' || c == '\\') text += '\\';
      text += c;
    }
  };
  pin("search_path", "pg_catalog,pg_temp");
  pin("role", "none");
  pin("default_transaction_read_only", "off");
  pin("default_transaction_isolation", "read committed");
  pin("synchronous_commit", "local");
  pin("client_min_messages", "warning");
  pin("idle_in_transaction_session_timeout", "0");
  pin("statement_timeout", std::to_string(options.statement_timeout.count()));
  pin("lock_timeout", std::to_string(options.lock_timeout.count()));
  return text;
}

struct keyword_list {
  std::vector<std::string> keys;
  std::vector<std::string> values;

  void add(std::string key, std::string value) {
    keys.push_back(std::move(key));
    values.push_back(std::move(value));
  }
};

keyword_list keywords_of(const conninfo& target, const connect_options& options) {
  keyword_list list;
  std::string hosts;
  std::string ports;
  for (const auto& one : target.endpoints) {
    hosts += (hosts.empty() && ports.empty() ? "" : ",") + one.host;
    ports += (ports.empty() ? "" : ",") + std::to_string(one.port == 0 ? 5432 : one.port);
  }
  if (!target.endpoints.empty()) {
    list.add("host", hosts);
    list.add("port", ports);
  }
  if (!target.user.empty()) list.add("user", target.user.value);
  list.add("dbname", target.database.empty() ? "postgres" : target.database.value);
  if (target.password) list.add("password", target.password->expose());
  std::string own_options = startup_options(options);
  for (const auto& [name, value] : target.parameters) {
    if (name == "options") {
      own_options = value + " " + own_options;  // the later word wins
    } else if (name != "application_name") {
      list.add(name, value);
    }
  }
  if (!own_options.empty()) list.add("options", own_options);
  list.add("application_name", options.application_name);
  list.add("client_encoding", "UTF8");
  const auto seconds = std::max<long>(2, std::chrono::ceil<std::chrono::seconds>(options.timeout).count());
  list.add("connect_timeout", std::to_string(seconds));
  return list;
}

bool wait_for_socket(PGconn* session, short what, clock::time_point deadline) {
  pollfd socket{PQsocket(session), what, 0};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0) return false;
    const int ready = ::poll(&socket, 1, static_cast<int>(std::min<long>(left, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

}  // namespace

struct connection::handle {
  struct closer {
    void operator()(PGconn* session) const { PQfinish(session); }
  };
  std::unique_ptr<PGconn, closer> session;
  notice_board notices;

  [[noreturn]] void fail(const PGresult* result, std::string_view statement) const {
    error_facts facts{.sqlstate = result == nullptr ? std::string{} : field(result, PG_DIAG_SQLSTATE)};
    if (facts.sqlstate.empty()) {
      facts = {.sqlstate = PQstatus(session.get()) == CONNECTION_BAD ? "08006" : "08000",
               .primary = without_newline(PQerrorMessage(session.get()))};
    } else {
      facts.primary = field(result, PG_DIAG_MESSAGE_PRIMARY);
      facts.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
      facts.hint = field(result, PG_DIAG_MESSAGE_HINT);
      facts.context = field(result, PG_DIAG_CONTEXT);
      const std::string position = field(result, PG_DIAG_STATEMENT_POSITION);
      facts.position = position.empty() ? 0 : std::stoi(position);
    }
    facts.statement = statement;
    throw error{std::move(facts)};
  }

  static result read(const PGresult* from) {
    std::vector<std::vector<std::optional<std::string>>> rows(static_cast<std::size_t>(PQntuples(from)));
    for (int row = 0; row < PQntuples(from); ++row) {
      auto& values = rows[static_cast<std::size_t>(row)];
      values.reserve(static_cast<std::size_t>(PQnfields(from)));
      for (int column = 0; column < PQnfields(from); ++column) {
        if (PQgetisnull(from, row, column) == 1) {
          values.emplace_back();
        } else {
          values.emplace_back(
              std::string(PQgetvalue(from, row, column), static_cast<std::size_t>(PQgetlength(from, row, column))));
        }
      }
    }
    return result{std::move(rows)};
  }

  // Reads every result of what was sent, then throws the first failure.
  result finish(std::string_view statement) {
    result last;
    owned_result failed;
    while (owned_result one{PQgetResult(session.get())}) {
      switch (PQresultStatus(one.get())) {
        case PGRES_TUPLES_OK:
          last = read(one.get());
          break;
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
          break;
        case PGRES_COPY_IN:
          PQputCopyEnd(session.get(), "COPY is not for this interface");
          break;
        default:
          if (!failed) failed = std::move(one);
          if (PQstatus(session.get()) == CONNECTION_BAD) fail(failed.get(), statement);
      }
    }
    if (failed) fail(failed.get(), statement);
    if (notices.refusal) {
      auto facts = std::move(*notices.refusal);
      notices.refusal.reset();
      facts.statement = statement;
      throw error{std::move(facts)};
    }
    return last;
  }
};

const std::string& result::text(std::size_t row, std::size_t column) const {
  static const std::string none;
  const auto& value = rows_.at(row).at(column);
  return value ? *value : none;
}

connection::connection(std::unique_ptr<handle> owned) : handle_{std::move(owned)} {}
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

connection connection::open(const conninfo& target, const connect_options& options) {
  const auto deadline = clock::now() + options.timeout;
  const auto list = keywords_of(target, options);
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (std::size_t i = 0; i < list.keys.size(); ++i) {
    keys.push_back(list.keys[i].c_str());
    values.push_back(list.values[i].c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);

  auto owned = std::make_unique<handle>();
  owned->session.reset(PQconnectStartParams(keys.data(), values.data(), 0));
  PGconn* session = owned->session.get();
  if (session == nullptr) throw error{{.sqlstate = "53200", .primary = "out of memory"}};
  PQsetErrorVerbosity(session, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(session, &notice_board::receive, &owned->notices);
  for (auto state = PQstatus(session) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
       state != PGRES_POLLING_OK; state = PQconnectPoll(session)) {
    if (state == PGRES_POLLING_FAILED) throw error{facts_of_refusal(PQerrorMessage(session))};
    if (!wait_for_socket(session, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      throw error{{.sqlstate = "08001", .primary = fmt::format("no answer within {} ms", options.timeout.count())}};
    }
  }
  PQsetErrorVerbosity(session, PQERRORS_DEFAULT);
  return connection{std::move(owned)};
}

result connection::query(std::string_view sql, std::string_view shown) {
  const std::string text{sql};
  handle_->notices.refusal.reset();
  if (PQsendQuery(handle_->session.get(), text.c_str()) != 1) handle_->fail(nullptr, shown.empty() ? sql : shown);
  return handle_->finish(shown.empty() ? sql : shown);
}

result connection::query_with(std::string_view sql, const std::vector<std::optional<std::string>>& parameters) {
  const std::string text{sql};
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const auto& one : parameters) values.push_back(one ? one->c_str() : nullptr);
  handle_->notices.refusal.reset();
  if (PQsendQueryParams(handle_->session.get(), text.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) != 1) {
    handle_->fail(nullptr, sql);
  }
  return handle_->finish(sql);
}

int connection::server_version() const {
  return PQserverVersion(handle_->session.get());
}

int connection::backend_pid() const {
  return PQbackendPID(handle_->session.get());
}

bool connection::in_transaction() const {
  return PQtransactionStatus(handle_->session.get()) != PQTRANS_IDLE;
}

std::string connection::current_parameter(const std::string& name) const {
  const char* value = PQparameterStatus(handle_->session.get(), name.c_str());
  return value == nullptr ? std::string{} : std::string{value};
}

void connection::cancel() noexcept {
  PGcancel* request = PQgetCancel(handle_->session.get());
  if (request == nullptr) return;
  std::array<char, 256> ignored{};
  PQcancel(request, ignored.data(), static_cast<int>(ignored.size()));
  PQfreeCancel(request);
}

}  // namespace innkeeper::pg
