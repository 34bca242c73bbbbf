#pragma once
// One session on one server. Move-only; closes itself. All of libpq stays behind it.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/conninfo.h"
#include "pg/error.h"

namespace innkeeper::pg {

// Rows of text; SQL NULL is std::nullopt.
class result {
 public:
  result() = default;
  explicit result(std::vector<std::vector<std::optional<std::string>>> rows) : rows_{std::move(rows)} {}
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::size_t columns() const { return rows_.empty() ? 0 : rows_.front().size(); }
  // "" for NULL; use is_null where that matters.
  [[nodiscard]] const std::string& text(std::size_t row, std::size_t column) const;
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const { return !rows_.at(row).at(column); }

 private:
  std::vector<std::vector<std::optional<std::string>>> rows_;
};

enum class session_kind {
  // Innkeeper's own statements as the admin: startup options pin search_path=pg_catalog,pg_temp, role=none,
  // default_transaction_read_only=off, synchronous_commit=local and our timeouts, against settings that a database's
  // owner may have left there. Whether they hold is checked without a round trip; if not, 0A000.
  admin,
  // As a service's log-in, exactly as the application would connect: nothing pinned.
  service,
};

struct connect_options {
  session_kind kind = session_kind::admin;
  std::string application_name = "innkeeper";
  std::chrono::milliseconds timeout{10000};        // for the whole attempt
  std::chrono::milliseconds statement_timeout{0};  // 0: none
  std::chrono::milliseconds lock_timeout{10000};   // 0: none
  // For what a full pooler may keep waiting: each query's answer, on our side; then 08006, and the session is of no use
  // any more. 0: none.
  std::chrono::milliseconds answer_timeout{0};
  // Warnings 01006 and 01007, nothing granted or revoked, count as failures.
  bool ineffective_grants_fail = true;
  // Hears what the server says beside its answers: "NOTICE", "relation exists, skipping".
  std::function<void(const std::string& level, const std::string& text)> on_notice;
  // Ends the attempt from another thread: 57014.
  std::stop_token stop;
};

class connection {
 public:
  // Throws pg::error with the SQLSTATE even of a refused connection (PQconnectStart, PQsetErrorVerbosity,
  // PQconnectPoll), and 22023 where PGHOSTADDR is set and would win over the target. The password travels in
  // memory only. `target.database` empty: "postgres".
  [[nodiscard]] static connection open(const conninfo& target, const connect_options& options);

  connection(connection&&) noexcept;
  connection& operator=(connection&&) noexcept;
  ~connection();

  // One round trip in the simple protocol: several statements are one implicit transaction; the last result that has
  // rows is returned. An ineffective grant is thrown as an error once the query ended. `shown`
  // stands for the statement in errors where the statement itself holds a secret or verifier.
  result query(std::string_view sql, std::string_view shown = {});
  // The same, with every result that has rows, in order.
  std::vector<result> query_all(std::string_view sql);
  // COPY … FROM stdin with its data lines, as a file holds them.
  void copy_in(std::string_view sql, std::string_view data);
  // Extended protocol, parameters as text; std::nullopt is NULL.
  result query_with(std::string_view sql, const std::vector<std::optional<std::string>>& parameters);

  [[nodiscard]] int server_version() const;  // 150020
  [[nodiscard]] int backend_pid() const;
  [[nodiscard]] bool in_transaction() const;                                   // an open or failed transaction block
  [[nodiscard]] std::string current_parameter(const std::string& name) const;  // PQparameterStatus

  // In place of what `connect_options` said.
  void set_on_notice(std::function<void(const std::string& level, const std::string& text)> hear);

  // Ends what runs now, from another thread (PQcancel).
  void cancel() noexcept;

 private:
  struct handle;
  explicit connection(std::unique_ptr<handle> owned);
  std::unique_ptr<handle> handle_;
};

}  // namespace innkeeper::pg
