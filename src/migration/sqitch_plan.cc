#include "migration/sqitch_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "migration/lines.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view punctuation = "-!\"#$%&'()*+,./:;<=>?@[\\]^`{|}~";
constexpr std::array<std::string_view, 4> reserved_names{"ROOT", "HEAD", "FIRST", "LAST"};

bool is_reserved(std::string_view name) {
  return std::ranges::find(reserved_names, name) != reserved_names.end();
}

// No punctuation at either end, none of what dependencies are written with, and no end like a relative reference (~2).
bool is_sqitch_name(std::string_view name) {
  if (name.empty() || punctuation.find(name.front()) != std::string_view::npos) return false;
  if (punctuation.find(name.back()) != std::string_view::npos) return false;
  if (name.find_first_of(":@#[] \t") != std::string_view::npos) return false;
  const auto last = name.find_last_not_of("0123456789");
  const bool ends_like_reference = last != std::string_view::npos && last + 1 < name.size() &&
                                   std::string_view{"~/=%^"}.find(name[last]) != std::string_view::npos;
  return !ends_like_reference;
}

class plan_reader {
 public:
  explicit plan_reader(const std::string& file) : file_{file} {}

  sqitch_plan read(std::string_view text) {
    line_reader lines{text};
    while (const auto line = lines.next()) {
      line_ = line->number;
      const auto words = trim(line->text.substr(0, line->text.find('#')));
      if (!words.empty()) read_line(words);
    }
    line_ = 0;
    if (plan_.project.empty()) error("the plan has no %project");
    return std::move(plan_);
  }

 private:
  void read_line(std::string_view words) {
    if (words.front() == '%') {
      read_pragma(trim(words.substr(1)));
    } else if (words.front() == '@') {
      read_tag(words.substr(1));
    } else {
      read_change(words);
    }
  }

  void read_pragma(std::string_view words) {
    if (!plan_.changes.empty()) error("a pragma stands above the changes");
    const auto equals = words.find('=');
    if (equals != std::string_view::npos && trim(words.substr(0, equals)) == "project") {
      plan_.project = trim(words.substr(equals + 1));
    }
  }

  void read_tag(std::string_view words) {
    const std::string name{take_word(words)};
    if (!check_name(name, "tag")) return;
    if (plan_.changes.empty()) error(fmt::format("tag @{} has no change before it", name));
    if (const auto [first, is_new] = tags_.try_emplace(name, line_); !is_new) {
      error(fmt::format("tag @{} is there twice", name), fmt::format("first on line {}", first->second));
    }
    names_since_tag_.clear();
    ordered_tags_.push_back(name);
  }

  void read_change(std::string_view words) {
    if (words.front() == '-') return error("a plan's reverts are not supported");
    if (words.front() == '+') words = trim(words.substr(1));
    const std::string name{words.substr(0, words.find_first_of(" \t["))};
    words = trim(words.substr(name.size()));
    if (!check_name(name, "change")) return;
    if (const auto [first, is_new] = names_since_tag_.try_emplace(name, line_); !is_new) {
      return error(fmt::format("change {} is there twice", name), fmt::format("first on line {}", first->second),
                   "A change can be reworked behind a tag.");
    }
    read_dependencies(words);
    sqitch_change made{.name = name, .line = line_};
    if (const auto before = newest_.find(name); before != newest_.end()) {
      auto& reworked = plan_.changes[before->second.index];
      made.instance = reworked.instance + 1;
      reworked.rework_tags.assign(ordered_tags_.begin() + before->second.tags_before, ordered_tags_.end());
    }
    newest_[name] = {plan_.changes.size(), static_cast<std::ptrdiff_t>(ordered_tags_.size())};
    plan_.changes.push_back(std::move(made));
  }

  void read_dependencies(std::string_view words) {
    if (words.empty() || words.front() != '[') return;
    const auto end = words.find(']');
    if (end == std::string_view::npos) return error("the list of dependencies has no end");
    auto rest = trim(words.substr(1, end - 1));
    while (!rest.empty()) read_dependency(take_word(rest));
  }

  // !change conflicts, project:change is another project's, change@tag and @tag are as of a tag.
  void read_dependency(std::string_view one) {
    const std::string spelled{one};
    const bool conflicts = one.starts_with('!');
    if (conflicts) one.remove_prefix(1);
    if (const auto colon = one.find(':'); colon != std::string_view::npos) {
      if (one.substr(0, colon) != plan_.project) {
        return warn(fmt::format("\"{}\" is another project's, and nobody knows whether it is there", spelled));
      }
      one.remove_prefix(colon + 1);
    }
    const auto at = one.find('@');
    const std::string change{one.substr(0, at)};
    const std::string tag{at == std::string_view::npos ? std::string_view{} : one.substr(at + 1)};
    const bool has_tag = tag.empty() || is_reserved(tag) || tags_.contains(tag);
    const bool is_there = (change.empty() ? !tag.empty() : newest_.contains(change)) && has_tag;
    if (conflicts && is_there)
      error(fmt::format("the change conflicts with {}, which is before it", spelled.substr(1)));
    if (!conflicts && !is_there) refuse_missing(spelled, change);
  }

  void refuse_missing(const std::string& spelled, const std::string& change) {
    std::vector<std::string_view> names;
    for (const auto& [name, last] : newest_) names.push_back(name);
    const auto meant = newest_.contains(change) ? std::string_view{} : nearest(change, names);
    error(fmt::format("the change requires {}, which is not before it", spelled), {},
          meant.empty() ? "" : fmt::format("Did you mean \"{}\"?", meant));
  }

  bool check_name(const std::string& name, std::string_view what) {
    static constexpr std::size_t length_of_sha1 = 40;
    const bool is_sha1 = name.size() >= length_of_sha1 && name.find_first_not_of("0123456789abcdef") >= length_of_sha1;
    if (is_sqitch_name(name) && !is_reserved(name) && !is_sha1) return true;
    error(fmt::format("\"{}\" is no name for a {}", name, what));
    return false;
  }

  void error(std::string message, std::string detail = {}, std::string hint = {}) {
    plan_.problems.push_back({.level = severity::error,
                              .where = {.file = file_, .line = line_},
                              .message = std::move(message),
                              .detail = std::move(detail),
                              .hint = std::move(hint)});
  }
  void warn(std::string message) {
    plan_.problems.push_back(
        {.level = severity::warning, .where = {.file = file_, .line = line_}, .message = std::move(message)});
  }

  struct last_change {
    std::size_t index = 0;
    std::ptrdiff_t tags_before = 0;
  };

  const std::string& file_;
  int line_ = 0;
  sqitch_plan plan_;
  std::map<std::string, int> tags_;             // with their lines
  std::map<std::string, int> names_since_tag_;  // of changes, with their lines
  std::map<std::string, last_change> newest_;   // of the changes of a name
  std::vector<std::string> ordered_tags_;
};

}  // namespace

sqitch_plan read_sqitch_plan(std::string_view text, const std::string& file) {
  return plan_reader{file}.read(text);
}

}  // namespace innkeeper::migration
