#include "migration/directives.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/manifest_scalars.h"
#include "core/text.h"
#include "migration/lines.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view directive_prefix = "innkeeper:";
constexpr std::chrono::milliseconds longest_timeout{2'147'483'647};  // PostgreSQL keeps it in an int

// `min` as PostgreSQL's settings spell it, and `m` as the manifest does.
std::optional<std::chrono::milliseconds> parse_timeout(std::string_view text) {
  std::string spelled{text};
  if (spelled.ends_with("min")) spelled.resize(spelled.size() - 2);
  const auto time = parse_duration(spelled);
  return time && *time <= longest_timeout ? time : std::nullopt;
}

class directive_reader {
 public:
  directive_reader(directives_result& into, location where) : into_{into}, where_{std::move(where)} {}

  void read(std::string_view rest) {
    const auto name = take_word(rest);
    const auto found = std::ranges::find(table, name, &known_directive::name);
    if (found == table.end()) {
      refuse_unknown(name);
    } else {
      (this->*found->read)(name, rest);
    }
  }

 private:
  using reader = void (directive_reader::*)(std::string_view name, std::string_view rest);
  struct known_directive {
    std::string_view name;
    reader read;
  };

  void read_no_transaction(std::string_view name, std::string_view rest) {
    into_.says.no_transaction = true;
    if (!rest.empty()) error(fmt::format("{} takes no value", name), {});
  }

  void read_lock_timeout(std::string_view name, std::string_view rest) {
    into_.says.lock_timeout = timeout(name, rest);
  }
  void read_statement_timeout(std::string_view name, std::string_view rest) {
    into_.says.statement_timeout = timeout(name, rest);
  }

  void read_requires(std::string_view name, std::string_view rest) {
    if (rest.empty()) error(fmt::format("{} names no file", name), "Name files of the same folder, or of the root.");
    while (!rest.empty()) {
      into_.says.requires_files.emplace_back(take_word(rest));
      into_.requires_at.push_back(where_);
    }
  }

  void read_requires_app(std::string_view name, std::string_view rest) {
    const auto number = take_word(rest);
    into_.says.minimum_app_version = number;
    const bool is_version = !number.empty() && number.front() >= '0' && number.front() <= '9';
    if (!is_version || !rest.empty()) error(fmt::format("{} takes one version such as 1.4", name), {});
  }

  void read_lint_ignore(std::string_view name, std::string_view rest) {
    const auto rule = take_word(rest);
    if (rule.empty()) return error(fmt::format("{} names no rule", name), "Write the rule, and why it may be broken.");
    into_.says.lint_ignore[std::string{rule}] = rest;
    if (rest.empty()) warn(fmt::format("{} {} gives no reason, so it doesn't count", name, rule));
  }

  std::optional<std::chrono::milliseconds> timeout(std::string_view name, std::string_view rest) {
    const auto time = parse_timeout(rest);
    if (!time) error(fmt::format("{} takes a duration such as 500ms, 2s, 5min, 1h, or 0", name), {});
    return time;
  }

  void refuse_unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& one : table) names.push_back(one.name);
    const auto meant = nearest(name, names);
    const bool is_mark = name == "up" || name == "down";
    error(fmt::format("unknown directive \"{}\"", name), is_mark ? "A file that is one half already has no sections."
                                                         : !meant.empty()
                                                             ? fmt::format("Did you mean \"{}\"?", meant)
                                                             : fmt::format("Known are {}.", fmt::join(names, ", ")));
  }

  void error(std::string message, std::string hint) {
    into_.problems.push_back(
        {.level = severity::error, .where = where_, .message = std::move(message), .hint = std::move(hint)});
  }
  void warn(std::string message) {
    into_.problems.push_back({.level = severity::warning, .where = where_, .message = std::move(message)});
  }

  static const std::array<known_directive, 6> table;

  directives_result& into_;
  location where_;
};

constexpr std::array<directive_reader::known_directive, 6> directive_reader::table{{
    {"no-transaction", &directive_reader::read_no_transaction},
    {"lock-timeout", &directive_reader::read_lock_timeout},
    {"statement-timeout", &directive_reader::read_statement_timeout},
    {"requires", &directive_reader::read_requires},
    {"requires-app", &directive_reader::read_requires_app},
    {"lint-ignore", &directive_reader::read_lint_ignore},
}};

// What is behind `-- innkeeper:`; blanks before the colon are none of ours.
std::optional<std::string_view> directive_of(std::string_view line) {
  const auto comment = comment_of(line);
  if (!comment || !to_lower(*comment).starts_with(directive_prefix)) return std::nullopt;
  return trim(comment->substr(directive_prefix.size()));
}

int column_of(std::string_view line) {
  return static_cast<int>(line.find("--")) + 1;
}

// The last line that a statement, or the data behind it, takes up.
int last_line_of(const sql_statement& one) {
  const auto breaks = [](std::string_view text) { return static_cast<int>(std::ranges::count(text, '\n')); };
  const int own = one.where.line + breaks(one.text);
  return one.copy_data ? own + breaks(*one.copy_data) + 1 : own;
}

}  // namespace

directives_result read_directives(std::string_view text, const std::string& file, int first_line,
                                  const std::vector<sql_statement>& statements, directives_result above) {
  line_reader lines{text, first_line};
  while (const auto line = lines.next()) {
    if (!statements.empty() && line->number >= statements.front().where.line) break;
    if (const auto words = directive_of(line->text)) {
      directive_reader{above, {file, line->number, column_of(line->text)}}.read(*words);
    }
  }
  return above;
}

diagnostics late_directives(std::string_view text, const std::string& file, int first_line,
                            const std::vector<sql_statement>& statements) {
  diagnostics problems;
  auto statement = statements.begin();
  line_reader lines{text, first_line};
  while (const auto line = lines.next()) {
    while (statement != statements.end() && last_line_of(*statement) < line->number) ++statement;
    const bool is_above = statement == statements.begin();
    const bool is_inside = statement != statements.end() && line->number >= statement->where.line;
    if (is_above || is_inside || !directive_of(line->text)) continue;
    problems.push_back({.level = severity::error,
                        .where = {file, line->number, column_of(line->text)},
                        .message = "a directive below the first statement says nothing",
                        .hint = "Put it at the top of the file, or right behind the section's mark."});
  }
  return problems;
}

}  // namespace innkeeper::migration
