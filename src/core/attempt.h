#pragma once
// One thing that a proof tries as one log-in, what came of it, and what that means. Pure: probes make attempts,
// exec/attempts.h tries them, proof.h judges.
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"

namespace innkeeper {

enum class gravity { low, medium, high, critical };

enum class expectation {
  works,    // and says expected_row, where that isn't empty
  refused,  // with PostgreSQL's own words for "you may not"
  nothing,  // an answer without rows, or a refusal: each row names what could be reached
  hidden    // says expected_row, or refused; a row that only begins alike shows what it must not
};

enum class credential {
  own,
  wrong,
  empty,
  name  // the name of whom it enters as
};

enum class door_kind {
  database,
  replication_of_database,  // replication=database
  replication               // replication=true: the whole server
};

// Without statements, getting in is the attempt. Statements run in one transaction that is always rolled back, unless
// `outside_transaction`.
struct attempt {
  std::string probe;
  role_name log_in;
  database_name database;
  role_name enters_as;  // somebody else, with what this log-in knows; empty: itself
  credential with = credential::own;
  door_kind through = door_kind::database;
  std::size_t road = 0;                  // 0: how services reach the server; 1: how its admin does, where that differs
  std::vector<std::string> preparation;  // must succeed, or nothing is known
  std::vector<std::string> statements;   // all but the last must succeed for the last to be a refusal
  // Asks for the statements to try, a row each: the statement, and what it aims at. Instead of `statements`.
  std::string statements_from;
  bool under_each_identity = false;  // not only as the session starts
  bool outside_transaction = false;  // the server runs it in no transaction; a success changes nothing
  bool needs_neighbour = false;      // "{pid}" in its statements is a session of another service
  bool is_control = false;           // where it fails, no refusal of this log-in proves anything
  // This log-in holds all the connections that it gets here, while `enters_as` enters with a password of its own.
  database_name takes_all_of;
  expectation expects = expectation::refused;
  std::vector<std::string> expected_row;  // of the last statement that returns rows; empty: any
  // SQLSTATEs that say the same as success: the right was there, and something else was missing.
  std::vector<std::string_view> allowed;
  // SQLSTATEs that say the same as a refusal: what was asked for does not exist here.
  std::vector<std::string_view> absent;
  gravity how_bad = gravity::critical;
  std::string aim;        // "enter database "cafe"", fits behind "log-in "x" could" and "could not"
  std::string statement;  // that would mend a success

  [[nodiscard]] bool is_door() const { return statements.empty() && statements_from.empty(); }
  friend bool operator==(const attempt&, const attempt&) = default;
};

// What came of an attempt.
struct outcome {
  bool tried = false;
  bool entered = false;  // the session was there
  bool prepared = true;  // false: it failed before the attack
  bool worked = false;
  std::string sqlstate;
  std::string message;           // the server's primary message
  std::vector<std::string> row;  // the last row that the statements returned
  role_name as;                  // under which identity; empty: as the session starts
  std::string problem;           // why it was not tried

  friend bool operator==(const outcome&, const outcome&) = default;
};

enum class meaning {
  as_expected,
  leak,
  unclear  // neither success nor a clear refusal, or a control that did not work
};

[[nodiscard]] meaning meaning_of(const attempt& asked, const outcome& answer);

// SQLSTATEs with which PostgreSQL says "you may not"; anything else that isn't success proves nothing.
[[nodiscard]] bool is_clear_refusal(const outcome& one);

// What `statements_from` came to where there is nothing to try.
inline constexpr std::string_view no_data = "02000";

}  // namespace innkeeper
