#include "core/digest.h"
#include "migration/directory.h"
#include "migration/sql_scan.h"

namespace innkeeper::migration {
namespace {

// What no text holds, since it has no NUL.
constexpr char end_of_token = '\0';

std::string with_plain_line_breaks(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    plain += text[i];
  }
  return plain;
}

void append_tokens(std::string& all, const sql_statement& statement) {
  for (const auto& token : scan_sql(statement.text).tokens) {
    if (token.kind == token_class::comment) continue;
    all.append(statement.text, token.begin, token.end - token.begin);
    all += end_of_token;
  }
  all += end_of_token;
  if (statement.copy_data) all += *statement.copy_data + end_of_token;
}

}  // namespace

text_change change_since(const checksums& before, std::string_view text) {
  if (sha256_hex(text) == before.raw) return text_change::none;
  return checksums_of(text).normalized == before.normalized ? text_change::cosmetic : text_change::real;
}

std::string checksum_of_first(const std::vector<sql_statement>& statements, int count) {
  if (count <= 0) return {};
  std::string tokens;
  for (int i = 0; i < count && i < std::ssize(statements); ++i) {
    append_tokens(tokens, statements[static_cast<std::size_t>(i)]);
  }
  return sha256_hex(tokens);
}

checksums checksums_of(std::string_view text) {
  checksums sums{.raw = sha256_hex(text)};
  const auto split = split_sql(with_plain_line_breaks(text), {});
  if (has_errors(split.problems)) {
    sums.normalized = sums.raw;
    return sums;
  }
  std::string tokens;
  for (const auto& statement : split.statements) append_tokens(tokens, statement);
  sums.normalized = sha256_hex(tokens);
  return sums;
}

}  // namespace innkeeper::migration
