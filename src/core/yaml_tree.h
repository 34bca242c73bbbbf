#pragma once
// YAML text as a tree in which every key and value knows its place. A strict subset of YAML, so that what a person
// reads is what is meant: one document, unique text keys, no anchors, aliases, merge keys or tags. Never throws on
// input.
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/source_text.h"

namespace innkeeper::yaml {

inline constexpr std::size_t max_bytes = 4 * 1024 * 1024;
inline constexpr std::size_t max_nodes = 250'000;
inline constexpr std::size_t max_depth = 64;

// Line and column from 1, the column in characters; 0 unknown.
struct place {
  int line = 0;
  int column = 0;

  friend auto operator<=>(const place&, const place&) = default;
};

enum class node_kind { null, scalar, sequence, mapping };

struct entry;

struct node {
  node_kind kind = node_kind::null;
  place where;
  bool quoted = false;  // a scalar in quotes or a block: text, whatever it looks like
  bool usable = true;   // false: a problem has been told, so say nothing more about it
  std::string text;     // of a scalar
  std::string written;  // of a scalar whose text came from the environment: what the file says; otherwise empty
  std::vector<node> items;
  std::vector<entry> entries;  // in the file's order, keys unique
};

struct entry {
  std::string key;
  place where;
  node value;
};

struct problem {
  place where;
  std::string message;
  std::string detail;
  std::string hint;
};

struct document {
  std::optional<node> root;  // absent where the text could not be read to its end
  std::vector<problem> problems;
};

[[nodiscard]] document read(const source_text& source);

// The line in which a scalar ends: text in quotes or blocks may go on below its first line.
[[nodiscard]] int last_line_of(const source_text& source, const node& scalar);

[[nodiscard]] const node* find(const node& mapping, std::string_view key);

}  // namespace innkeeper::yaml
