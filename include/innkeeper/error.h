#pragma once
// What goes wrong between a service and its server. One class: ask it what you need to know, and decide on SQLSTATE
// (PostgreSQL's manual, appendix A), never on text.
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace innkeeper {

struct failure {
  std::string sqlstate;  // five characters, never empty; "08006" and the like for what no server said
  std::string message;   // the server's primary message, or libpq's; what() is "message [SQLSTATE]"
  std::string detail;    // may hold values of rows, "Key (email)=(…) already exists": nothing for a public log
  std::string hint;
  std::string table;  // that a constraint is on; like the next two, empty where the server names none
  std::string column;
  std::string constraint;
  std::string statement;  // its text, without its parameters; empty where there was none
  bool connection_is_lost = false;
  bool outcome_is_unknown = false;
  bool is_timeout = false;
  bool may_retry = false;
};

// Parameters and passwords are in none of its texts. Copying doesn't throw.
class error : public std::runtime_error {
 public:
  explicit error(failure facts);

  [[nodiscard]] const std::string& sqlstate() const { return facts_->sqlstate; }
  [[nodiscard]] const std::string& message() const { return facts_->message; }
  [[nodiscard]] const std::string& detail() const { return facts_->detail; }
  [[nodiscard]] const std::string& hint() const { return facts_->hint; }
  [[nodiscard]] const std::string& table() const { return facts_->table; }
  [[nodiscard]] const std::string& column() const { return facts_->column; }
  [[nodiscard]] const std::string& constraint() const { return facts_->constraint; }
  [[nodiscard]] const std::string& statement() const { return facts_->statement; }

  // There is no connection, or this one is of no use any more; a pool replaces it.
  [[nodiscard]] bool connection_is_lost() const { return facts_->connection_is_lost; }
  // The connection broke when the server may already have committed. Doing it again may do it twice: look first.
  [[nodiscard]] bool outcome_is_unknown() const { return facts_->outcome_is_unknown; }
  // A deadline of ours passed, while waiting for a connection or for an answer.
  [[nodiscard]] bool is_timeout() const { return facts_->is_timeout; }
  // Nothing was done, and the same transaction may well succeed later: 40001, 40P01, 55P03, 53300, a lost connection
  // (unless the outcome is unknown), no free connection.
  [[nodiscard]] bool may_retry() const { return facts_->may_retry; }

 private:
  std::shared_ptr<const failure> facts_;
};

}  // namespace innkeeper
