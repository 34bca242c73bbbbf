#include "migration/message.h"

#include <algorithm>

namespace innkeeper::migration {
namespace {

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

void message::append(std::string_view sql) {
  text_ += sql;
  text_ += ";\n";
  characters_ += count_characters(sql) + 2;
}

void message::add(std::string_view own_sql) {
  parts_.push_back({nullptr, characters_});
  append(own_sql);
}

// Each on lines of its own: a comment at a statement's end must not swallow what follows.
void message::add(const sql_statement& statement) {
  parts_.push_back({&statement, characters_});
  append(statement.text);
}

message::place message::find(int position, int completed) const {
  const part* found = nullptr;
  if (position > 0) {
    const auto at = static_cast<std::size_t>(position - 1);
    const auto after = std::ranges::upper_bound(parts_, at, {}, &part::begin);
    if (after != parts_.begin()) found = &*std::prev(after);
  } else if (completed >= 0 && static_cast<std::size_t>(completed) < parts_.size()) {
    found = &parts_[static_cast<std::size_t>(completed)];
  }
  if (found == nullptr || found->statement == nullptr) return {};
  if (position == 0) return {found->statement->where, found->statement};
  return {place_in(*found->statement, position - static_cast<int>(found->begin)), found->statement};
}

}  // namespace innkeeper::migration
