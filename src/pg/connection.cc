#include "pg/connection.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "pg/libpq.h"

namespace innkeeper::pg {
namespace {

// Warnings that mean "nothing was done": a plan that runs into one must not count as applied.
struct notice_board {
  std::optional<error_facts> refusal;
  bool ineffective_grants_fail = true;
  std::function<void(const std::string& level, const std::string& text)> listener;

  static void receive(void* self, const PGresult* notice) {
    const std::string sqlstate = field(notice, PG_DIAG_SQLSTATE);
    auto& board = *static_cast<notice_board*>(self);
    if (board.listener) {
      board.listener(field(notice, PG_DIAG_SEVERITY_NONLOCALIZED), field(notice, PG_DIAG_MESSAGE_PRIMARY));
    }
    if (!board.ineffective_grants_fail) return;
    if ((sqlstate == "01006" || sqlstate == "01007") && !board.refusal) {
      board.refusal = error_facts{.sqlstate = sqlstate,
                                  .primary = field(notice, PG_DIAG_MESSAGE_PRIMARY),
                                  .detail = field(notice, PG_DIAG_MESSAGE_DETAIL)};
    }
  }
};

// Tells whether the server took our startup options: it reports this setting, nobody chooses this value, and output in
// ISO style does not depend on it. A pooler that drops the options reports another one.
constexpr std::string_view pinned_date_style = "ISO, YMD";

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
  pin("DateStyle", pinned_date_style);
  pin("standard_conforming_strings", "on");
  pin("transform_null_equals", "off");
  pin("quote_all_identifiers", "off");
  pin("row_security", "on");
  pin("default_tablespace", "");
  // The one preload setting that a database's owner may set: a library that isn't there would refuse every session.
  pin("local_preload_libraries", "");
  pin("jit", "off");
  pin("default_transaction_read_only", "off");
  pin("default_transaction_isolation", "read committed");
  pin("synchronous_commit", "local");
  pin("client_min_messages", "warning");
  pin("idle_in_transaction_session_timeout", "0");
  pin("statement_timeout", std::to_string(options.statement_timeout.count()));
  pin("lock_timeout", std::to_string(options.lock_timeout.count()));
  return text;
}

keyword_list keywords_of(const conninfo& target, const connect_options& options) {
  keyword_list list;
  list.add_endpoints(target.endpoints);
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
  if (target.endpoints.size() > 1 && !target.parameters.contains("tcp_user_timeout")) {
    // A host that drops packets would use up the whole time: PQconnectPoll has no timeout per host.
    const auto share = options.timeout.count() / static_cast<long>(target.endpoints.size());
    list.add("tcp_user_timeout", std::to_string(std::max<long>(1000, share)));
  }
  list.add("application_name", options.application_name);
  list.add("client_encoding", "UTF8");
  return list;
}

result last_of(std::vector<result> all) {
  return all.empty() ? result{} : std::move(all.back());
}

}  // namespace

struct connection::handle {
  owned_session session;
  notice_board notices;
  std::chrono::milliseconds answer_timeout{0};

  [[noreturn]] void fail(const PGresult* result, std::string_view statement, bool is_veiled = false,
                         int completed = 0) const {
    auto facts = facts_of(result, session.get());
    facts.statement = statement;
    facts.completed = completed;
    if (is_veiled) veil(facts);
    throw error{std::move(facts)};
  }

  // What the server quotes of a statement that holds a secret: the context of a DO block, the rest after a typo.
  static void veil(error_facts& facts) {
    facts.context.clear();
    facts.position = 0;
    if (facts.sqlstate.starts_with("42601")) facts.primary = facts.primary.substr(0, facts.primary.find(" at or near"));
    if (facts.primary.starts_with("unterminated")) facts.primary = "unterminated literal";
  }

  void discard_copy() const {
    char* line = nullptr;
    while (PQgetCopyData(session.get(), &line, 0) > 0) PQfreemem(line);
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

  void require_pinned_session() const {
    const char* reported = PQparameterStatus(session.get(), "DateStyle");
    if (reported != nullptr && reported == pinned_date_style) return;
    throw error{{.sqlstate = "0A000",
                 .primary = "the session did not take its startup options",
                 .detail = "something between here and the server, such as a connection pooler, drops them",
                 .hint = "Give the admin an address that leads to the server directly."}};
  }

  void wait_for_answer() const {
    if (answer_timeout.count() == 0) return;
    const auto deadline = std::chrono::steady_clock::now() + answer_timeout;
    while (PQisBusy(session.get()) == 1) {
      if (!wait_for_socket(session.get(), POLLIN, deadline)) {
        throw error{{.sqlstate = "08006", .primary = fmt::format("no answer within {} ms", answer_timeout.count())}};
      }
      if (PQconsumeInput(session.get()) != 1) return;  // PQgetResult() says why
    }
  }

  // Reads every result of what was sent, then throws the first failure.
  std::vector<result> finish(std::string_view statement, bool is_veiled = false) {
    wait_for_answer();
    std::vector<result> all;
    owned_result failed;
    int completed = 0;
    while (owned_result one{PQgetResult(session.get())}) {
      switch (PQresultStatus(one.get())) {
        case PGRES_TUPLES_OK:
          all.push_back(read(one.get()));
          ++completed;
          break;
        case PGRES_COMMAND_OK:
          ++completed;
          break;
        case PGRES_EMPTY_QUERY:
          break;
        case PGRES_COPY_IN:
          PQputCopyEnd(session.get(), "COPY is not for this interface");
          break;
        case PGRES_COPY_OUT:
          discard_copy();
          break;
        default:
          if (!failed) failed = std::move(one);
          if (PQstatus(session.get()) == CONNECTION_BAD) fail(failed.get(), statement, is_veiled, completed);
      }
    }
    if (failed) fail(failed.get(), statement, is_veiled, completed);
    if (notices.refusal) {
      auto facts = std::move(*notices.refusal);
      notices.refusal.reset();
      facts.statement = statement;
      facts.completed = completed;
      throw error{std::move(facts)};
    }
    return all;
  }

  // Of a COPY … FROM stdin that was sent.
  void give_copy(std::string_view sql, std::string_view data) {
    constexpr std::size_t piece = std::size_t{1} << 20U;
    const owned_result begun{PQgetResult(session.get())};
    if (PQresultStatus(begun.get()) != PGRES_COPY_IN) {
      if (PQresultStatus(begun.get()) == PGRES_FATAL_ERROR) {
        while (const owned_result rest{PQgetResult(session.get())}) {
        }
        fail(begun.get(), sql);
      }
      finish(sql);
      throw error{{.sqlstate = "42601", .primary = "this is no COPY from stdin", .statement = std::string{sql}}};
    }
    for (; !data.empty(); data.remove_prefix(std::min(piece, data.size()))) {
      const auto part = data.substr(0, piece);
      if (PQputCopyData(session.get(), part.data(), static_cast<int>(part.size())) != 1) fail(nullptr, sql);
    }
    if (PQputCopyEnd(session.get(), nullptr) != 1) fail(nullptr, sql);
    finish(sql);
  }

  void send(std::string_view sql, std::string_view shown) {
    const std::string text{sql};
    notices.refusal.reset();
    if (PQsendQuery(session.get(), text.c_str()) != 1) fail(nullptr, shown);
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
  auto owned = std::make_unique<handle>();
  owned->notices.ineffective_grants_fail = options.ineffective_grants_fail;
  owned->notices.listener = options.on_notice;
  owned->answer_timeout = options.answer_timeout;
  owned->session = open_session(target, keywords_of(target, options), &notice_board::receive, &owned->notices,
                                options.timeout, std::chrono::steady_clock::now() + options.timeout, options.stop);
  if (options.kind == session_kind::admin) owned->require_pinned_session();
  return connection{std::move(owned)};
}

void connection::set_on_notice(std::function<void(const std::string& level, const std::string& text)> hear) {
  handle_->notices.listener = std::move(hear);
}

result connection::query(std::string_view sql, std::string_view shown) {
  const bool is_veiled = !shown.empty();
  const std::string_view statement = is_veiled ? shown : sql;
  handle_->send(sql, statement);
  return last_of(handle_->finish(statement, is_veiled));
}

std::vector<result> connection::query_all(std::string_view sql) {
  handle_->send(sql, sql);
  return handle_->finish(sql);
}

void connection::copy_in(std::string_view sql, std::string_view data) {
  handle_->send(sql, sql);
  handle_->give_copy(sql, data);
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
  return last_of(handle_->finish(sql));
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
