#pragma once
// PostgreSQL's own scanner (libpg_query, grammar of 15), which knows strings, dollar quotes, nested comments and U&""
// as the server does. Pure; any thread.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper::migration {

enum class token_class {
  word,     // an identifier, quoted or not, that is no keyword
  keyword,  // any of the grammar's keywords
  string,   // '…', E'…', U&'…', B'…', X'…', $tag$…$tag$
  number,
  comment,  // -- … or /* … */
  symbol,   // one character or an operator
};

// A slice of the scanned text, in bytes.
struct sql_token {
  std::size_t begin = 0;
  std::size_t end = 0;
  token_class kind = token_class::symbol;

  friend bool operator==(const sql_token&, const sql_token&) = default;
};

struct scan_result {
  std::vector<sql_token> tokens;             // up to the problem
  std::optional<std::size_t> problem_begin;  // the byte where the token that never ends, or is none, begins
  std::string problem;                       // the scanner's words: "unterminated quoted string"
};

// `text` without NUL; "" gives no tokens.
[[nodiscard]] scan_result scan_sql(std::string_view text);

}  // namespace innkeeper::migration
