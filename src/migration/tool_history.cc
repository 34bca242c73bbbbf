#include "migration/tool_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>

#include "core/digest.h"
#include "core/sql.h"
#include "migration/file_name.h"
#include "migration/lines.h"

namespace innkeeper::migration {
namespace {

// A tool's own table: what it is called, by which columns it is known, and how its rows are read as ours.
struct tool_rule {
  layout tool = layout::flyway;
  std::string_view table;
  std::vector<std::string_view> columns;
  std::string_view sql;
};

// https://documentation.red-gate.com/fd/flyway-schema-history-table-273973417.html, golang-migrate: database/postgres,
// dbmate: pkg/driver/postgres, goose: internal/dialects, sqlx: sqlx-postgres/src/migrate.rs, diesel_migrations,
// node-pg-migrate: src/migration.ts, sqitch: lib/App/Sqitch/Engine/pg.sql.
const std::vector<tool_rule>& tool_rules() {
  static const std::vector<tool_rule> all{
      {layout::flyway,
       "flyway_schema_history",
       {"installed_rank", "version", "type", "script", "checksum", "success"},
       "SELECT CASE WHEN type LIKE '%BASELINE' THEN 'up_to' WHEN version IS NULL THEN 'repeatable' ELSE 'version' END, "
       "CASE WHEN NOT success THEN 'failed' WHEN type LIKE 'UNDO%' OR type = 'DELETE' THEN 'undone' ELSE 'applied' "
       "END, "
       "version, script, checksum::text FROM {} WHERE type <> 'SCHEMA' ORDER BY installed_rank"},
      {layout::golang_migrate,
       "schema_migrations",
       {"version", "dirty"},
       "SELECT 'up_to', CASE WHEN dirty THEN 'failed' ELSE 'applied' END, version::text, '', '' FROM {}"},
      {layout::dbmate,
       "schema_migrations",
       {"version"},
       "SELECT 'version', 'applied', version::text, '', '' FROM {} ORDER BY version"},
      {layout::goose,
       "goose_db_version",
       {"version_id", "is_applied"},
       "SELECT 'version', CASE WHEN is_applied THEN 'applied' ELSE 'undone' END, version_id::text, '', '' FROM {} "
       "WHERE version_id > 0 ORDER BY id"},
      {layout::sqlx,
       "_sqlx_migrations",
       {"version", "description", "success", "checksum", "execution_time"},
       "SELECT 'version', CASE WHEN success THEN 'applied' ELSE 'failed' END, version::text, '', "
       "pg_catalog.encode(checksum, 'hex') FROM {} ORDER BY version"},
      {layout::diesel,
       "__diesel_schema_migrations",
       {"version", "run_on"},
       "SELECT 'version', 'applied', version::text, '', '' FROM {} ORDER BY version"},
      {layout::node_pg_migrate,
       "pgmigrations",
       {"name", "run_on"},
       "SELECT 'version', 'applied', pg_catalog.split_part(name, '_', 1), name, '' FROM {} ORDER BY id"},
      {layout::sqitch,
       "changes",
       {"change_id", "change", "project", "script_hash"},
       "SELECT 'change', 'applied', change, project, '' FROM {} ORDER BY committed_at"},
  };
  return all;
}

const tool_rule& rule_of(layout tool) {
  return *std::ranges::find(tool_rules(), tool, &tool_rule::tool);
}

bool has_columns(const tool_rule& rule, const std::vector<std::string>& columns) {
  // dbmate's has nothing that another one's lacks.
  if (rule.tool == layout::dbmate) return columns.size() == 1 && columns.front() == rule.columns.front();
  return std::ranges::all_of(rule.columns, [&](auto one) { return std::ranges::find(columns, one) != columns.end(); });
}

// node-pg-migrate's names may begin with a time, 2024-01-31T12:00:00.123Z; its digits are the version.
std::string plain_version(std::string text) {
  if (text.find('T') != std::string::npos) {
    std::erase_if(text, [](char c) { return std::string_view{"-:.TZ"}.find(c) != std::string_view::npos; });
  }
  return text;
}

// Flyway's: CRC-32 of the lines without their ends, as a signed number.
std::string crc_of_lines(std::string_view text) {
  constexpr std::string_view byte_order = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order)) text.remove_prefix(byte_order.size());
  std::uint32_t sum = 0xFFFFFFFFU;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    sum ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return std::to_string(static_cast<std::int32_t>(~sum));
}

// "" where the tool keeps none.
std::string tool_checksum(layout tool, const script& file) {
  if (tool == layout::flyway) return crc_of_lines(file.text);
  if (tool == layout::sqlx) return digest_hex(digest::sha384, file.text);
  return {};
}

class takeover_search {
 public:
  takeover_search(const schema_directory& files, const tool_table& from, const std::string& root)
      : files_{files}, from_{from}, root_{root} {}

  takeover find(const std::vector<tool_row>& rows) {
    for (const auto& one : rows) take(one);
    for (const auto& [key, row] : last_) settle(row);
    for (const auto& one : files_.migrations) {
      if (std::ranges::find(applied_, &one) != applied_.end()) result_.applied.push_back(&one);
    }
    tell_missing();
    return std::move(result_);
  }

 private:
  // The last row of each version is what counts.
  void take(const tool_row& one) {
    const bool is_of_another_plan = !files_.project.empty() && one.script != files_.project;
    if (one.kind == tool_row_kind::change && is_of_another_plan) return;
    auto row = one;
    if (row.kind == tool_row_kind::change) {
      const int instance = ++instances_[row.version];
      if (instance > 1) row.version += fmt::format("#{}", instance);
    }
    const auto key = row.kind == tool_row_kind::repeatable ? "R " + row.script : "V " + row.version;
    last_[key] = std::move(row);
  }

  void settle(const tool_row& row) {
    if (row.state == tool_row_state::undone) return;
    if (row.state == tool_row_state::failed) {
      const auto what = row.version.empty() ? row.script : "version " + row.version;
      refuse({}, fmt::format("{} failed half-way, says {}", what, to_string(from_)),
             fmt::format("Mend it with {} first, so that its history is clean; then run this again.",
                         to_string(from_.tool)));
    } else if (row.kind == tool_row_kind::repeatable) {
      settle_repeatable(row);
    } else if (row.kind == tool_row_kind::up_to) {
      settle_up_to(row);
    } else {
      settle_version(row);
    }
  }

  void settle_version(const tool_row& row) {
    const auto* file = find_version(row.version);
    if (file == nullptr) {
      missing_.push_back(row.version);
      return;
    }
    const auto sum = row.checksum.empty() ? std::string{} : tool_checksum(from_.tool, file->up);
    if (!sum.empty() && sum != row.checksum) {
      refuse({(root_.empty() ? "" : root_ + "/") + file->up.file, 0, 0}, "the file is not what ran",
             "Put it back as it was; or take over by hand with --version.",
             fmt::format("{} has the checksum {} for version {}, and the file has {}", to_string(from_), row.checksum,
                         row.version, sum));
    }
    applied_.push_back(file);
  }

  // Flyway's own next run would run a changed one again, and so does ours.
  void settle_repeatable(const tool_row& row) {
    const auto is_meant = [&](const migration_file& one) {
      return one.is_repeatable && base_of(one.up.file) == base_of(row.script) &&
             tool_checksum(from_.tool, one.up) == row.checksum;
    };
    const auto file = std::ranges::find_if(files_.migrations, is_meant);
    if (file != files_.migrations.end()) applied_.push_back(&*file);
  }

  // Flyway's baseline needs no file; what golang-migrate names, it ran.
  void settle_up_to(const tool_row& row) {
    const auto number = version{plain_version(row.version)};
    if (from_.tool == layout::golang_migrate && find_version(row.version) == nullptr) missing_.push_back(row.version);
    for (const auto& one : files_.migrations) {
      if (!one.is_repeatable && compare(one.number, number) <= 0) applied_.push_back(&one);
    }
  }

  [[nodiscard]] const migration_file* find_version(const std::string& text) const {
    const version wanted{plain_version(text)};
    const auto is_meant = [&](const migration_file& one) {
      return !one.is_repeatable && compare(one.number, wanted) == 0;
    };
    const auto found = std::ranges::find_if(files_.migrations, is_meant);
    return found == files_.migrations.end() ? nullptr : &*found;
  }

  void tell_missing() {
    if (missing_.empty()) return;
    constexpr std::size_t most = 5;
    const auto shown = std::min(missing_.size(), most);
    refuse({}, fmt::format("{} has versions that no file has", to_string(from_)),
           "Put their files back; or take over by hand with --version.",
           fmt::format("{}{}", fmt::join(missing_.begin(), missing_.begin() + static_cast<std::ptrdiff_t>(shown), ", "),
                       missing_.size() > most ? fmt::format(" and {} more", missing_.size() - most) : ""));
  }

  void refuse(location where, std::string message, std::string hint, std::string detail = {}) {
    result_.problems.push_back({.where = std::move(where),
                                .message = std::move(message),
                                .detail = std::move(detail),
                                .hint = std::move(hint)});
  }

  const schema_directory& files_;
  const tool_table& from_;
  const std::string& root_;
  std::map<std::string, int> instances_;
  std::map<std::string, tool_row> last_;
  std::vector<const migration_file*> applied_;
  std::vector<std::string> missing_;
  takeover result_;
};

template <class Word, std::size_t N>
Word word_of(const std::array<std::pair<std::string_view, Word>, N>& words, std::string_view text) {
  const auto found = std::ranges::find(words, text, &std::pair<std::string_view, Word>::first);
  return found == words.end() ? words.front().second : found->second;
}

}  // namespace

std::string to_string(const tool_table& one) {
  return fmt::format("{}.{}", one.schema, one.name);
}

std::vector<std::string_view> usual_tool_tables() {
  std::vector<std::string_view> names;
  for (const auto& one : tool_rules()) names.push_back(one.table);
  return names;
}

std::optional<layout> tool_of_columns(const std::vector<std::string>& columns) {
  const auto found =
      std::ranges::find_if(tool_rules(), [&](const tool_rule& one) { return has_columns(one, columns); });
  return found == tool_rules().end() ? std::nullopt : std::optional{found->tool};
}

std::string read_tool_rows_sql(const tool_table& from) {
  const auto table = fmt::format("{}.{}", quote_identifier(from.schema), quote_identifier(from.name));
  return fmt::format(fmt::runtime(rule_of(from.tool).sql), table);
}

tool_row parse_tool_row(const std::array<std::string, 5>& columns) {
  static constexpr std::array<std::pair<std::string_view, tool_row_kind>, 4> kinds{
      {{"version", tool_row_kind::version},
       {"up_to", tool_row_kind::up_to},
       {"repeatable", tool_row_kind::repeatable},
       {"change", tool_row_kind::change}}};
  static constexpr std::array<std::pair<std::string_view, tool_row_state>, 3> states{
      {{"applied", tool_row_state::applied}, {"undone", tool_row_state::undone}, {"failed", tool_row_state::failed}}};
  return {.kind = word_of(kinds, columns[0]),
          .state = word_of(states, columns[1]),
          .version = columns[2],
          .script = columns[3],
          .checksum = columns[4]};
}

takeover find_takeover(const schema_directory& files, const tool_table& from, const std::vector<tool_row>& rows,
                       const std::string& root) {
  return takeover_search{files, from, root}.find(rows);
}

}  // namespace innkeeper::migration
