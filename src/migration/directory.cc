#include "migration/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "migration/file_name.h"
#include "migration/layouts.h"

namespace innkeeper::migration {
namespace {

struct layout_row {
  layout format;
  std::string_view name;
  void (*read)(const files_view& files, reading& into);
};
constexpr std::array<layout_row, 9> layout_rows{{
    {layout::innkeeper, "innkeeper", read_innkeeper},
    {layout::flyway, "flyway", read_flyway},
    {layout::golang_migrate, "golang-migrate", read_golang_migrate},
    {layout::dbmate, "dbmate", read_dbmate},
    {layout::goose, "goose", read_goose},
    {layout::sqlx, "sqlx", read_sqlx},
    {layout::diesel, "diesel", read_diesel},
    {layout::node_pg_migrate, "node-pg-migrate", read_node_pg_migrate},
    {layout::sqitch, "sqitch", read_sqitch},
}};
constexpr std::string_view migrations_folder = "migrations/";

const layout_row& row_of(layout one) {
  return layout_rows.at(static_cast<std::size_t>(one));
}

files_view sorted_view(const std::vector<source_file>& files) {
  files_view view;
  for (const auto& file : files) {
    if (!is_hidden(file.name) && !is_document(file.name)) view.push_back(&file);
  }
  std::ranges::sort(view, {}, [](const source_file* file) -> const std::string& { return file->name; });
  return view;
}

// Where no file must be one tool's. Numbered pairs without anything else are golang-migrate's way, and a placeholder is
// Flyway's; what is left the layout innkeeper reads as its tool would.
layout guess_by_names(const files_view& files) {
  bool has_pair = false;
  bool has_lettered = false;
  bool has_placeholder = false;
  for (const auto* file : files) {
    const auto base = base_of(file->name);
    const auto numbered = parse_numbered_name(base);
    if (is_phase_file(file->name) || (numbered && !numbered->which)) return layout::innkeeper;
    if (numbered) has_pair = true;
    if (!parse_lettered_name(base)) continue;
    has_lettered = true;
    if (file->text.find("${") != std::string::npos) has_placeholder = true;
  }
  if (has_lettered) return has_placeholder && !has_pair ? layout::flyway : layout::innkeeper;
  return has_pair ? layout::golang_migrate : layout::innkeeper;
}

layout detect(const files_view& files) {
  std::array<int, layout_rows.size()> votes{};
  for (const auto* file : files) {
    const auto tool = tool_of(file->name, file->text);
    if (tool == layout::sqitch) return layout::sqitch;
    if (tool) ++votes.at(static_cast<std::size_t>(*tool));
  }
  const auto most = std::ranges::max_element(votes);
  return *most == 0 ? guess_by_names(files) : static_cast<layout>(most - votes.begin());
}

// Migrations may lie in migrations/, if none lie outside of it.
std::string folder_of_migrations(const files_view& files) {
  bool has_folder = false;
  for (const auto* file : files) {
    if (file->name.starts_with(migrations_folder)) {
      has_folder = true;
    } else if (!is_phase_file(file->name) && looks_like_migration(file->name)) {
      return {};
    }
  }
  return has_folder ? std::string{migrations_folder} : std::string{};
}

// Flyway looks into all folders, and sqitch has a verify/ of its own: what may be ours stands beside migrations/ only.
bool may_have_phases(layout format, const std::string& folder) {
  return format == layout::innkeeper || (format != layout::sqitch && !folder.empty());
}

// The tool that a file is for, where that isn't the one in use.
std::optional<layout> foreign_tool(const source_file& file, layout format) {
  if (format == layout::sqitch) return std::nullopt;
  if (const auto tool = tool_of(file.name, file.text)) return *tool == format ? std::nullopt : tool;
  const auto base = base_of(file.name);
  if (format != layout::innkeeper && format != layout::flyway && parse_lettered_name(base)) return layout::flyway;
  const auto numbered = parse_numbered_name(base);
  return format == layout::flyway && numbered && numbered->which ? std::optional{layout::golang_migrate} : std::nullopt;
}

// A file of another tool is read by nobody: the one in use would take it for something else.
files_view without_foreign(const files_view& files, reading& into) {
  files_view own;
  for (const auto* file : files) {
    const auto tool = foreign_tool(*file, into.result.format);
    if (!tool) {
      own.push_back(file);
      continue;
    }
    into.error(into.place(*file),
               fmt::format("\"{}\" is a migration for {}, and the directory is read as one for {}", base_of(file->name),
                           to_string(*tool), to_string(into.result.format)),
               "Keep the migrations of one tool in a directory.");
  }
  return own;
}

files_view inside(const files_view& files, const std::string& folder, reading& into) {
  files_view found;
  for (const auto* file : files) {
    if (file->name.starts_with(folder)) {
      found.push_back(file);
    } else {
      into.leave_out(*file);
    }
  }
  return found;
}

}  // namespace

std::string_view to_string(layout one) {
  return row_of(one).name;
}

std::optional<layout> parse_layout(std::string_view name) {
  const auto found = std::ranges::find(layout_rows, name, &layout_row::name);
  return found == layout_rows.end() ? std::nullopt : std::optional{found->format};
}

layout detect_layout(const std::vector<source_file>& files) {
  return detect(sorted_view(files));
}

schema_directory read_schema_directory(const std::vector<source_file>& files, std::optional<layout> format,
                                       const std::string& root) {
  auto view = sorted_view(files);
  const std::string folder = folder_of_migrations(view);
  reading into{format.value_or(detect(view)), root, folder};
  if (may_have_phases(into.result.format, folder)) view = read_phases(view, into);
  view = without_foreign(inside(view, folder, into), into);
  row_of(into.result.format).read(view, into);
  sort_by_place(into.result.problems);
  return std::move(into.result);
}

}  // namespace innkeeper::migration
