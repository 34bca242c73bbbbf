#include <algorithm>

#include "core/text.h"
#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"

namespace innkeeper::migration {
namespace {

bool is_folder_of_diesel(std::string_view name) {
  const auto base = base_of(name);
  if (base != "up.sql" && base != "down.sql" && base != "metadata.toml") return false;
  const auto slash = name.rfind('/');
  if (slash == std::string_view::npos) return false;
  const auto folder = base_of(name.substr(0, slash));
  return !folder.empty() && folder.front() >= '0' && folder.front() <= '9';
}

bool is_code_of(std::string_view base, std::string_view suffix) {
  return base.ends_with(suffix) && is_all_digits(base.substr(0, base.find('_')));
}

std::optional<layout> tool_of_name(std::string_view name) {
  const auto base = base_of(name);
  if (base == "sqitch.plan" || base == "sqitch.conf") return layout::sqitch;
  if (is_folder_of_diesel(name) || base == "diesel.toml") return layout::diesel;
  if (base == "flyway.conf" || base == "flyway.toml" || base.ends_with(".sql.conf")) return layout::flyway;
  if (is_code_of(base, ".go") && !base.ends_with("_test.go")) return layout::goose;
  if (is_code_of(base, ".js") || (is_code_of(base, ".ts") && !base.ends_with(".d.ts"))) return layout::node_pg_migrate;
  const auto lettered = parse_lettered_name(base);
  if (!lettered) return std::nullopt;
  if (lettered->letter == 'U' || lettered->letter == 'B') return layout::flyway;
  if (lettered->which) return layout::innkeeper;
  return lettered->letter == 'V' && lettered->title.empty() ? std::optional{layout::flyway} : std::nullopt;
}

// node-pg-migrate takes any comment that begins so; words behind it may as well be prose in another tool's file.
bool is_bare_node_mark(std::string_view line) {
  return node_pg_migrate_mark(line) &&
         to_lower(line.substr(0, line.find_last_not_of("- \t") + 1)).ends_with("migration");
}

std::optional<layout> tool_of_line(std::string_view line) {
  if (dbmate_mark(line)) return layout::dbmate;
  if (line.starts_with("--") && words_behind(line, "+goose")) return layout::goose;
  return is_bare_node_mark(line) ? std::optional{layout::node_pg_migrate} : std::nullopt;
}

// What `sqlx migrate add` writes into new files, and its only option.
bool begins_like_sqlx(std::string_view first_line) {
  return first_line.starts_with("-- no-transaction") || first_line.starts_with("-- Add migration script here") ||
         first_line.starts_with("-- Add up migration script here") ||
         first_line.starts_with("-- Add down migration script here");
}

}  // namespace

std::optional<layout> tool_of(std::string_view name, std::string_view text) {
  if (const auto by_name = tool_of_name(name)) return by_name;
  const bool is_numbered = parse_numbered_name(base_of(name)).has_value();
  if (!is_numbered && !parse_lettered_name(base_of(name))) return std::nullopt;
  std::optional<layout> found;
  line_reader lines{text};
  for (auto line = lines.next(); line; line = lines.next()) {
    if (innkeeper_mark(line->text)) return layout::innkeeper;
    if (is_numbered && !found) found = tool_of_line(line->text);
    if (is_numbered && !found && line->number == 1 && begins_like_sqlx(line->text)) found = layout::sqlx;
  }
  return found;
}

bool looks_like_migration(std::string_view name) {
  return tool_of_name(name) || parse_numbered_name(base_of(name)) || parse_lettered_name(base_of(name));
}

}  // namespace innkeeper::migration
