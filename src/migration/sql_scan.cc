#include "migration/sql_scan.h"

#include <pg_query.h>

#include <algorithm>
#include <memory>

#include "core/source_text.h"
#include "migration/protobuf_fields.h"

namespace innkeeper::migration {
namespace {

// Numbers of libpg_query's enum Token (pg_query.proto) and of its enum KeywordKind, NO_KEYWORD.
enum token_number {
  identifier = 258,
  unicode_identifier = 259,
  float_constant = 260,
  string_constant = 261,
  hex_string = 264,
  integer_constant = 266,
  line_comment = 275,
  block_comment = 276,
  no_keyword = 0,
};

token_class class_of(std::uint64_t token, std::uint64_t keyword) {
  if (token == line_comment || token == block_comment) return token_class::comment;
  if (keyword != no_keyword) return token_class::keyword;
  if (token == identifier || token == unicode_identifier) return token_class::word;
  if (token >= string_constant && token <= hex_string) return token_class::string;
  if (token == float_constant || token == integer_constant) return token_class::number;
  return token_class::symbol;
}

sql_token read_token(std::string_view message) {
  std::uint64_t token = 0;
  std::uint64_t keyword = no_keyword;
  sql_token result;
  protobuf_reader fields{message};
  while (const auto field = fields.next()) {
    switch (field->number) {
      case 1:
        result.begin = field->value;
        break;
      case 2:
        result.end = field->value;
        break;
      case 4:
        token = field->value;
        break;
      case 5:
        keyword = field->value;
        break;
      default:
        break;
    }
  }
  result.kind = class_of(token, keyword);
  return result;
}

std::vector<sql_token> read_tokens(std::string_view message) {
  constexpr int tokens_field = 2;
  std::vector<sql_token> tokens;
  protobuf_reader fields{message};
  while (const auto field = fields.next()) {
    if (field->number == tokens_field) tokens.push_back(read_token(field->bytes));
  }
  return tokens;
}

// The byte of a character that is counted from 1.
std::size_t byte_of(std::string_view text, int character) {
  std::size_t byte = 0;
  for (int passed = 1; passed < character && byte < text.size(); ++passed) {
    byte += std::max<std::size_t>(1, utf8_length(text.substr(byte)));
  }
  return byte;
}

// libpg_query measures U&"…" and U&'…' short: what is between two tokens and no white space belongs to the first.
void mend_lengths(std::string_view text, std::vector<sql_token>& tokens) {
  constexpr std::string_view white = " \t\n\r\f\v";
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::size_t next = i + 1 < tokens.size() ? tokens[i + 1].begin : text.size();
    if (next <= tokens[i].end) continue;
    const auto last = text.substr(tokens[i].end, next - tokens[i].end).find_last_not_of(white);
    if (last != std::string_view::npos) tokens[i].end += last + 1;
  }
}

// "unterminated quoted string at or near …": the text itself is shown elsewhere.
std::string primary_of(std::string_view message) {
  return std::string{message.substr(0, message.find(" at or near "))};
}

struct scan_deleter {
  void operator()(PgQueryScanResult* result) const {
    pg_query_free_scan_result(*result);
    delete result;
  }
};

}  // namespace

scan_result scan_sql(std::string_view text) {
  const std::string terminated{text};
  const std::unique_ptr<PgQueryScanResult, scan_deleter> raw{new PgQueryScanResult{pg_query_scan(terminated.c_str())}};
  if (raw->error == nullptr) {
    scan_result result{.tokens = read_tokens({raw->pbuf.data, raw->pbuf.len})};
    mend_lengths(text, result.tokens);
    return result;
  }
  // It has no tokens then. What is before the problem scans as it did, so ask for that.
  scan_result result;
  const std::size_t begin = byte_of(text, raw->error->cursorpos);
  if (begin > 0 && begin < text.size()) result = scan_sql(text.substr(0, begin));
  result.problem = primary_of(raw->error->message);
  result.problem_begin = begin;
  return result;
}

}  // namespace innkeeper::migration
