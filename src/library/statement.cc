#include "innkeeper/statement.h"

#include <fmt/format.h>

#include "library/statement_text.h"

namespace innkeeper {
namespace {

// The name follows from the text alone: where a pooler gives another program's backend, the name can't stand for
// another statement there. FNV-1a, since std::hash may differ from program to program.
std::uint64_t key_of(std::string_view sql) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : sql) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash == 0 ? 1 : hash;
}

std::shared_ptr<const detail::statement_text> kept_text(std::string sql) {
  const auto key = key_of(sql);
  return std::make_shared<const detail::statement_text>(
      detail::statement_text{std::move(sql), key, fmt::format("innkeeper_{:016x}", key)});
}

std::shared_ptr<const detail::statement_text> text_once(std::string sql) {
  return std::make_shared<const detail::statement_text>(detail::statement_text{std::move(sql), 0, {}});
}

}  // namespace

statement::statement(std::string sql) : text_{kept_text(std::move(sql))} {}

statement statement::once(std::string sql) {
  return statement{text_once(std::move(sql))};
}

std::string_view statement::sql() const {
  return text_->sql;
}

bound_statement::bound_statement(std::string_view sql) : text_{text_once(std::string{sql})} {}

pg::client_call call_of(const bound_statement& one) {
  const auto& text = one.text();
  pg::client_call call{.sql = text.sql.c_str(), .key = text.key, .name = text.name.c_str()};
  call.parameters.reserve(one.parameters().size());
  call.lengths.reserve(one.parameters().size());
  call.formats.reserve(one.parameters().size());
  for (const auto& parameter : one.parameters()) {
    call.parameters.push_back(parameter.is_null() ? nullptr : parameter.content().c_str());
    call.lengths.push_back(static_cast<int>(parameter.content().size()));
    call.formats.push_back(parameter.is_binary() ? 1 : 0);
  }
  return call;
}

}  // namespace innkeeper
