#pragma once
// What PostgreSQL's parser (libpg_query, grammar of 15) makes of one statement, as a tree that rules walk. The field
// names are those of its parse tree: "relation", "cmds", "AlterTableCmd". Pure; any thread.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper::migration {

// A borrowed place in a tree; a missing one answers everything with nothing, so that rules read without checks.
class sql_node {
 public:
  sql_node() = default;
  explicit sql_node(const void* json) : json_{json} {}

  [[nodiscard]] explicit operator bool() const { return json_ != nullptr; }
  // The node's type where it is one that is wrapped by its name ("AlterTableStmt"); "" otherwise.
  [[nodiscard]] std::string_view type() const;
  // The field of an object; looks through the wrapping name.
  [[nodiscard]] sql_node operator[](std::string_view field) const;
  [[nodiscard]] std::vector<sql_node> items() const;  // of a list
  [[nodiscard]] std::string text() const;             // of a string, an enum or a String node; "" otherwise
  [[nodiscard]] std::int64_t number() const;          // of a number or an Integer node; 0 otherwise
  [[nodiscard]] bool flag() const;                    // true only for true
  // The node and everything below it, parents first.
  void walk(const std::function<void(const sql_node&)>& visit) const;

 private:
  const void* json_ = nullptr;
};

class sql_tree {
 public:
  // Absent where the grammar of 15 can't parse the statement; `problem` then holds its words.
  [[nodiscard]] static std::optional<sql_tree> parse(std::string_view statement, std::string* problem = nullptr);

  [[nodiscard]] sql_node root() const;  // the statement's node: type() is "IndexStmt"

 private:
  struct document;
  std::shared_ptr<const document> document_;
};

// "schema.table" as written, folded as the parser folds it; "" for no RangeVar.
struct relation_name {
  std::string schema;  // empty: by search_path
  std::string name;

  friend auto operator<=>(const relation_name&, const relation_name&) = default;
};
[[nodiscard]] relation_name relation_of(const sql_node& range_var);
// The last word of a list of String nodes: a type's or function's name without its schema.
[[nodiscard]] std::string last_name(const sql_node& names);

}  // namespace innkeeper::migration
