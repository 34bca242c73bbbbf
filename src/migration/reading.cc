#include "migration/reading.h"

#include <fmt/format.h>

#include "migration/file_name.h"
#include "migration/own_transaction.h"

namespace innkeeper::migration {

reading::reading(layout format, std::string root, std::string folder)
    : root_{std::move(root)}, folder_{std::move(folder)} {
  result.format = format;
}

std::string_view reading::local(const source_file& file) const {
  std::string_view name = file.name;
  if (name.starts_with(folder_)) name.remove_prefix(folder_.size());
  return name;
}

std::string reading::path(const source_file& file) const {
  return root_.empty() ? file.name : root_ + "/" + file.name;
}

location reading::place(const source_file& file, int line) const {
  return {.file = path(file), .line = line};
}

void reading::error(location where, std::string message, std::string hint, std::string detail) {
  result.problems.push_back({.level = severity::error,
                             .where = std::move(where),
                             .message = std::move(message),
                             .detail = std::move(detail),
                             .hint = std::move(hint)});
}

void reading::warn(location where, std::string message, std::string hint) {
  result.problems.push_back(
      {.level = severity::warning, .where = std::move(where), .message = std::move(message), .hint = std::move(hint)});
}

void reading::leave_out(const source_file& file, std::string hint) {
  warn(place(file),
       fmt::format("\"{}\" is no file that the layout {} knows, and is left out", base_of(file.name),
                   to_string(result.format)),
       std::move(hint));
}

script reading::make_script(const source_file& file, directives_result above) {
  const auto known = static_cast<std::ptrdiff_t>(result.problems.size());
  auto made = make(file, file.text, 1, std::move(above));
  const bool is_broken = has_errors({result.problems.begin() + known, result.problems.end()});
  if (made.statements.empty() && !is_broken) warn(place(file), "the file holds no statement");
  return made;
}

script reading::make_script(const source_file& file, const section& part, directives_result above) {
  return make(file, part.text, part.first_line, std::move(above));
}

script reading::make(const source_file& file, std::string_view text, int first_line, directives_result above) {
  const std::string where = path(file);
  auto split = split_sql(text, where, first_line);
  auto said = read_directives(text, where, first_line, split.statements, std::move(above));
  const auto late =
      has_errors(split.problems) ? diagnostics{} : late_directives(text, where, first_line, split.statements);
  for (const auto& found : {said.problems, split.problems, late}) {
    result.problems.insert(result.problems.end(), found.begin(), found.end());
  }
  requires_at_[{file.name, first_line}] = std::move(said.requires_at);
  script made{.file = file.name,
              .first_line = first_line,
              .text = std::string{text},
              .says = std::move(said.says),
              .statements = std::move(split.statements)};
  if (!made.says.no_transaction) take_off_transaction(made);
  return made;
}

std::vector<location> reading::requires_of(const script& one) const {
  const auto found = requires_at_.find({one.file, one.first_line});
  return found == requires_at_.end() ? std::vector<location>{} : found->second;
}

namespace {

void read_preamble(reading& into, const source_file& file, std::string_view preamble, const section_rules& rules,
                   directives_result& above) {
  if (preamble.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
  const auto split = split_sql(preamble, into.path(file));
  above = read_directives(preamble, into.path(file), 1, split.statements);
  auto& problems = into.result.problems;
  problems.insert(problems.end(), above.problems.begin(), above.problems.end());
  above.problems.clear();
  if (split.statements.empty() && !has_errors(split.problems)) return;
  into.error(split.statements.empty() ? split.problems.front().where : split.statements.front().where,
             "a statement stands above the first mark", fmt::format("Put it below \"{}\".", rules.up_mark));
}

void read_part(reading& into, const source_file& file, const section& part, file_sections& found) {
  auto& slot = part.mark.which == half::up ? found.up : found.down;
  if (!slot) {
    slot = part;
    return;
  }
  into.error(into.place(file, part.mark_line), "the same mark stands twice", "Make the second part a file of its own.",
             fmt::format("first on line {}", slot->mark_line));
}

}  // namespace

file_sections read_sections(reading& into, const source_file& file, const section_rules& rules) {
  const auto split = split_sections(file.text, rules.mark);
  file_sections found;
  if (split.parts.empty() && !rules.needs_mark) {
    found.up = section{.first_line = 1, .text = file.text};
    return found;
  }
  if (!split.parts.empty()) read_preamble(into, file, split.preamble, rules, found.above);
  for (const auto& part : split.parts) read_part(into, file, part, found);
  if (!found.up) into.error(into.place(file), fmt::format("the file has no \"{}\"", rules.up_mark));
  return found;
}

script stored_script(std::string_view text, const std::string& file) {
  auto split = split_sql(text, file);
  auto said = read_directives(text, file, 1, split.statements);
  script made{
      .file = file, .text = std::string{text}, .says = std::move(said.says), .statements = std::move(split.statements)};
  if (!made.says.no_transaction) take_off_transaction(made);
  return made;
}

}  // namespace innkeeper::migration
