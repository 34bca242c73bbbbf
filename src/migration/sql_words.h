#pragma once
// A statement's own words, to make another statement of them: without comments, with one space where there was any.
// Pure.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "migration/sql_scan.h"
#include "migration/sql_tree.h"

namespace innkeeper::migration {

// Borrows the text.
class sql_words {
 public:
  explicit sql_words(std::string_view text);

  [[nodiscard]] std::size_t size() const { return tokens_.size(); }
  [[nodiscard]] std::string_view at(std::size_t index) const;                   // "" behind the end
  [[nodiscard]] bool is(std::size_t index, std::string_view lower_case) const;  // not for quoted ones
  [[nodiscard]] token_class kind(std::size_t index) const { return tokens_[index].kind; }
  [[nodiscard]] std::size_t offset(std::size_t index) const { return tokens_[index].begin; }
  // The first such word outside parentheses, from `from` on; size() for none.
  [[nodiscard]] std::size_t find(std::string_view lower_case, std::size_t from = 0) const;
  [[nodiscard]] std::size_t at_offset(std::size_t byte) const;            // the word that begins there or next
  [[nodiscard]] std::size_t behind_name(std::size_t index) const;         // skips a, a.b
  [[nodiscard]] std::size_t behind_parentheses(std::size_t index) const;  // of the "(" there
  [[nodiscard]] std::string slice(std::size_t from, std::size_t to) const;
  [[nodiscard]] std::string all() const { return slice(0, size()); }

 private:
  std::string_view text_;
  std::vector<sql_token> tokens_;
};

// ALTER TABLE as its head and its commands.
struct alter_words {
  std::string head;                   // "ALTER TABLE ONLY shop.orders"
  std::vector<std::string> commands;  // "ADD CHECK (total > 0)"
  std::vector<std::size_t> begins;    // the commands' bytes in the statement
};
[[nodiscard]] alter_words split_alter_table(std::string_view statement);

// Unquoted where it may stand so.
[[nodiscard]] std::string sql_name(std::string_view name);
[[nodiscard]] std::string sql_name(const relation_name& name);
// As PostgreSQL names what has none: the parts joined, the longest cut, 63 bytes at most.
[[nodiscard]] std::string default_object_name(std::string_view table, std::string_view columns, std::string_view label);

constexpr std::size_t longest_identifier = 63;

}  // namespace innkeeper::migration
