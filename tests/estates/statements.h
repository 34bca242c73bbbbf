#pragma once
// What a server was told: the statements of a script for psql and those of a server's log, in one form, so that the two
// can be compared.
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper::test {

struct statement {
  std::string database;
  std::string text;  // without comments, white space folded, no semicolon

  friend auto operator<=>(const statement&, const statement&) = default;
};

// Splits at semicolons outside of quotes, dollar quotes and comments.
[[nodiscard]] std::vector<std::string> split_statements(std::string_view sql);

// Of `innkeeper plan --sql`: what belongs to its being a script (\set, \connect, SET search_path) is left out, and a
// password is asked for by \password NAME.
[[nodiscard]] std::vector<statement> statements_of_script(const std::string& script);

// Of a log with log_statement = all and a line prefix of "%m [%p] %u@%d ": what the role sent, in the order of the log.
// A verifier gives way to what a script says in its place.
[[nodiscard]] std::vector<statement> statements_of_log(const std::string& log, const std::string& role);

// The log's lines of errors and warnings of that role's sessions.
[[nodiscard]] std::vector<std::string> complaints_of_log(const std::string& log, const std::string& role);

// A question that changes nothing: the catalog queries (src/pg/catalog), and whether the server is in recovery.
[[nodiscard]] bool is_observation(const statement& one);

// What a run sends beside its steps: observations, transactions, advisory locks, and rows of its own registry.
[[nodiscard]] bool is_housekeeping(const statement& one);

// For a failure's text.
void PrintTo(const statement& one, std::ostream* out);

}  // namespace innkeeper::test
