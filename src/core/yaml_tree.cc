#include "core/yaml_tree.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "core/display.h"

namespace innkeeper::yaml {
namespace {

// Ends the reading from inside yaml-cpp: what follows would only add noise, or work without bound.
struct stop {};

// A mapping or sequence that is not closed yet. In a mapping, `key` waits for its value.
struct open_node {
  node value;
  std::map<std::string, place> seen;
  std::optional<std::string> key;
  place key_where;
  bool drop_next = false;  // the key was refused: its value is read and forgotten
  bool is_key = false;     // a mapping or list where a key is expected
};

class tree_builder : public YAML::EventHandler {
 public:
  tree_builder(const source_text& source, document& result) : source_{source}, result_{result} {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 1) return;
    fail(to_place(mark), "a second document begins here",
         "Keep one document per file, and name the others in include:.");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const place where = begin(mark, anchor, "?");
    if (is_key_next()) return take_key({}, where, false);
    attach(node{.kind = node_kind::null, .where = where});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    const place where = begin(mark, 0, "?");
    refuse_anchor(where, "aliases are not read here");
    if (is_key_next()) return drop_key();
    attach(node{.kind = node_kind::null, .where = where, .usable = false});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const place where = begin(mark, anchor, tag);
    const bool quoted = tag == "!";
    if (is_key_next()) return take_key(value, where, true);
    attach(node{.kind = node_kind::scalar, .where = where, .quoted = quoted, .text = value});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node_kind::sequence, begin(mark, anchor, tag));
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node_kind::mapping, begin(mark, anchor, tag));
  }
  void OnMapEnd() override { close(); }

 private:
  place to_place(const YAML::Mark& mark) const {
    if (mark.is_null()) return {};
    return {mark.line + 1, source_.column(mark.line + 1, static_cast<std::size_t>(mark.column))};
  }

  // What every event does first: its place, the limits, and what no value may carry.
  place begin(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    const place where = to_place(mark);
    if (++nodes_ > max_nodes) {
      fail(where, fmt::format("more than {} values in one file", max_nodes),
           "Split the file, and name the parts in include:.");
    }
    if (anchor != 0) refuse_anchor(where, "anchors are not read here");
    if (!tag.empty() && tag != "?" && tag != "!") {
      problem(where, "tags are not read here", "Write the value alone, in quotes where it should be text.");
    }
    return where;
  }

  // Once per file for each of the two: where one is used, there are more.
  void refuse_anchor(place where, const std::string& message) {
    if (!told_.insert(message).second) return;
    problem(where, message, "Write the value out, or state it once in defaults:.");
  }

  void problem(place where, std::string message, std::string hint, std::string detail = {}) {
    if (result_.problems.size() >= max_problems) throw stop{};
    result_.problems.push_back({where, std::move(message), std::move(detail), std::move(hint)});
  }

  [[noreturn]] void fail(place where, std::string message, std::string hint) {
    result_.problems.push_back({where, std::move(message), {}, std::move(hint)});
    throw stop{};
  }

  bool is_key_next() const {
    return !open_.empty() && open_.back().value.kind == node_kind::mapping && !open_.back().key &&
           !open_.back().drop_next;
  }

  void drop_key() { open_.back().drop_next = true; }

  void take_key(const std::string& key, place where, bool is_text) {
    open_node& mapping = open_.back();
    if (!is_text) {
      problem(where, "a key is missing here", "Write the key's name before the colon.");
      return drop_key();
    }
    if (key == "<<") {
      problem(where, "merge keys are not read here", "Write the values out, or state them once in defaults:.");
      return drop_key();
    }
    const auto [first, is_new] = mapping.seen.emplace(key, where);
    if (!is_new) {
      problem(where, fmt::format("key {} stands here a second time", quoted_for_display(key)), "Keep one of the two.",
              fmt::format("first in line {}, column {}", first->second.line, first->second.column));
      return drop_key();
    }
    mapping.key = key;
    mapping.key_where = where;
  }

  void open(node_kind kind, place where) {
    if (open_.size() >= max_depth) {
      fail(where, fmt::format("nested more than {} levels deep", max_depth), "No part of a manifest nests that deep.");
    }
    const bool is_key = is_key_next();
    if (is_key) problem(where, "a key must be plain text", "Write the key as one word.");
    open_.push_back({.value = node{.kind = kind, .where = where}, .is_key = is_key});
  }

  void close() {
    open_node done = std::move(open_.back());
    open_.pop_back();
    if (done.is_key) return drop_key();
    attach(std::move(done.value));
  }

  void attach(node one) {
    if (open_.empty()) {
      result_.root = std::move(one);
      return;
    }
    open_node& parent = open_.back();
    if (parent.value.kind == node_kind::sequence) {
      parent.value.items.push_back(std::move(one));
    } else if (parent.drop_next) {
      parent.drop_next = false;
    } else {
      parent.value.entries.push_back({std::move(*parent.key), parent.key_where, std::move(one)});
      parent.key.reset();
    }
  }

  static constexpr std::size_t max_problems = 200;

  const source_text& source_;
  document& result_;
  std::vector<open_node> open_;
  std::set<std::string> told_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

bool is_indented_by_tab(std::string_view line) {
  const std::size_t text = line.find_first_not_of(" \t");
  return text != std::string_view::npos && line[text] != '#' &&
         line.substr(0, text).find('\t') != std::string_view::npos;
}

std::string syntax_hint(const source_text& source, int line) {
  // yaml-cpp stumbles over a tab in the line itself, or at the one that follows it.
  if (is_indented_by_tab(source.line(line)) || is_indented_by_tab(source.line(line - 1))) {
    return "YAML is indented by spaces only; a tab indents this line or the one above.";
  }
  if (source.line(line).find("${") != std::string_view::npos) {
    return "Inside [ ] and { }, put a value with ${NAME} in quotes.";
  }
  return {};
}

problem syntax_problem(const source_text& source, const YAML::Exception& failed) {
  place where;
  if (!failed.mark.is_null()) {
    where.line = failed.mark.line + 1;
    where.column = source.column(where.line, static_cast<std::size_t>(failed.mark.column));
  }
  // Some of yaml-cpp's messages end with a piece of the text, which may be a password.
  std::string what = failed.msg.substr(0, failed.msg.find(": "));
  if (!what.empty()) what[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(what[0])));
  return {where, "not valid YAML: " + what, {}, syntax_hint(source, where.line)};
}

std::optional<problem> refuse_text(const source_text& source) {
  if (source.text().size() > max_bytes) {
    return problem{
        {}, fmt::format("larger than {} MiB", max_bytes / (1024 * 1024)), {}, "Is this the file that was meant?"};
  }
  if (const auto found = source.find_problem()) {
    return problem{{found->line, 0}, found->message, {}, "A manifest is UTF-8 text. Is this the file that was meant?"};
  }
  return std::nullopt;
}

}  // namespace

document read(const source_text& source) {
  document result;
  if (auto refused = refuse_text(source)) {
    result.problems.push_back(std::move(*refused));
    return result;
  }
  tree_builder builder{source, result};
  try {
    std::istringstream text{source.text()};
    YAML::Parser parser{text};
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const stop&) {
    result.root.reset();
  } catch (const YAML::Exception& failed) {
    result.root.reset();
    result.problems.push_back(syntax_problem(source, failed));
  }
  return result;
}

int last_line_of(const source_text& source, const node& scalar) {
  std::string_view rest = source.from(scalar.where.line, scalar.where.column);
  if (rest.empty()) return scalar.where.line;
  const char style = rest[0];
  if (style == '"') {
    std::size_t i = 1;
    while (i < rest.size() && rest[i] != '"') i += rest[i] == '\\' ? 2 : 1;
    return scalar.where.line + static_cast<int>(std::ranges::count(rest.substr(0, std::min(i, rest.size())), '\n'));
  }
  // Elsewhere every character of the text but white space stands in the file, in order.
  std::size_t i = style == '|' || style == '>' ? std::min(rest.find('\n'), rest.size()) : 0;
  for (const char wanted : scalar.text) {
    if (std::isspace(static_cast<unsigned char>(wanted)) != 0) continue;
    i = std::min(rest.find(wanted, i), rest.size() - 1) + 1;
  }
  return scalar.where.line + static_cast<int>(std::ranges::count(rest.substr(0, i), '\n'));
}

const node* find(const node& mapping, std::string_view key) {
  const auto found = std::ranges::find(mapping.entries, key, &entry::key);
  return found == mapping.entries.end() ? nullptr : &found->value;
}

}  // namespace innkeeper::yaml
