#include "tests/estates/statements.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>

#include "tests/cli/golden.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

// Where the quoted text that begins at `at` ends; `at` itself where none begins.
std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
  const auto after = [&](std::string_view closing, std::size_t from) {
    const auto end = sql.find(closing, from);
    return end == std::string_view::npos ? sql.size() : end + closing.size();
  };
  if (sql[at] == '\'' || sql[at] == '"') return after(sql.substr(at, 1), at + 1);
  if (sql[at] != '$') return at;
  const auto tag_end = sql.find('$', at + 1);
  if (tag_end == std::string_view::npos) return at;
  const auto tag = sql.substr(at, tag_end + 1 - at);
  const bool is_tag = std::ranges::all_of(tag.substr(1, tag.size() - 2), [](char c) { return std::isalpha(c) != 0; });
  return is_tag ? after(tag, tag_end + 1) : at;
}

std::size_t end_of_comment(std::string_view sql, std::size_t at) {
  if (!sql.substr(at).starts_with("--")) return at;
  return std::min(sql.find('\n', at), sql.size());
}

void append_folded(std::string& text, char c) {
  if (std::isspace(static_cast<unsigned char>(c)) == 0) {
    text += c;
  } else if (!text.empty() && text.back() != ' ') {
    text += ' ';
  }
}

struct log_entry {
  std::string role;
  std::string database;
  std::string level;
  std::string text;  // its further lines come after a tab
};

// No regular expressions on whole lines: the standard library's recurse for every character.
std::optional<log_entry> beginning_of_entry(const std::string& line) {
  const auto process = line.find(" [");
  const auto who = line.find("] ", process);
  const auto at = line.find('@', who);
  const auto level = line.find(' ', at);
  const auto text = line.find(":  ", level);
  if (line.empty() || std::isdigit(static_cast<unsigned char>(line.front())) == 0 || text == std::string::npos) {
    return std::nullopt;
  }
  return log_entry{line.substr(who + 2, at - who - 2), line.substr(at + 1, level - at - 1),
                   line.substr(level + 1, text - level - 1), line.substr(text + 3)};
}

std::vector<log_entry> entries_of(const std::string& log) {
  std::vector<log_entry> entries;
  std::istringstream lines{log};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('\t')) {
      if (!entries.empty()) entries.back().text += "\n" + line.substr(1);
    } else if (auto entry = beginning_of_entry(line)) {
      entries.push_back(std::move(*entry));
    } else {
      entries.push_back({.text = line});
    }
  }
  return entries;
}

std::string sql_of(const log_entry& entry) {
  if (entry.level != "LOG") return {};
  if (entry.text.starts_with("statement: ")) return entry.text.substr(std::string_view{"statement: "}.size());
  if (entry.text.starts_with("execute ")) return entry.text.substr(entry.text.find(": ") + 2);
  return {};
}

// CREATE ROLE … PASSWORD 'SCRAM…' is shown as CREATE ROLE … and \password.
void add_without_verifier(std::vector<statement>& all, const std::string& database, const std::string& text) {
  static const std::string verifier = " PASSWORD 'SCRAM-SHA-256$";
  const auto begin = text.find(verifier);
  if (begin == std::string::npos) {
    all.push_back({database, text});
    return;
  }
  const auto rest = text.substr(text.find('\'', begin + verifier.size()) + 1);
  const auto role = text.substr(text.find('"'), text.find('"', text.find('"') + 1) + 1 - text.find('"'));
  if (const auto shown = text.substr(0, begin) + rest; shown != "ALTER ROLE " + role) all.push_back({database, shown});
  all.push_back({database, "\\password " + role});
}

// Every statement of the catalog's queries, as the log would show it.
const std::set<std::string>& catalog_statements() {
  static const std::set<std::string> all = [] {
    std::set<std::string> texts;
    for (const auto& file : fs::directory_iterator{fs::path{INNKEEPER_SOURCE_DIR} / "src/pg/catalog"}) {
      for (auto& text : split_statements(read_text(file.path()))) texts.insert(std::move(text));
    }
    return texts;
  }();
  return all;
}

// A look inside a database restricts one of the queries to that database.
std::string unrestricted(std::string text) {
  static const std::string own =
      "dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())";
  if (const auto at = text.find(own); at != std::string::npos) text.replace(at, own.size(), "dbid <> 0");
  return text;
}

// "f(-12)" -> "f(KEY)"
std::string without_key(std::string text) {
  const auto digits = text.find_last_not_of("0123456789", text.size() - 2);
  if (!text.ends_with(')') || digits == std::string::npos || digits + 2 >= text.size()) return text;
  const auto begin = text[digits] == '-' ? digits : digits + 1;
  return text.substr(0, begin) + "KEY)";
}

}  // namespace

std::vector<std::string> split_statements(std::string_view sql) {
  std::vector<std::string> all(1);
  for (std::size_t at = 0; at < sql.size();) {
    if (const auto end = end_of_comment(sql, at); end > at) {
      at = end;
    } else if (const auto closed = end_of_quoted(sql, at); closed > at) {
      all.back() += sql.substr(at, closed - at);
      at = closed;
    } else if (sql[at] == ';') {
      all.emplace_back();
      ++at;
    } else {
      append_folded(all.back(), sql[at++]);
    }
  }
  for (auto& one : all) {
    while (one.ends_with(' ')) one.pop_back();
  }
  std::erase(all, "");
  return all;
}

std::vector<statement> statements_of_script(const std::string& script) {
  std::vector<statement> all;
  std::string database = "postgres";
  std::string sql;
  const auto take = [&] {
    for (auto& text : split_statements(sql)) {
      if (text == "SET search_path = pg_catalog, pg_temp" || text == "SELECT pg_reload_conf()") continue;
      if (text == "BEGIN" || text == "COMMIT") continue;
      all.push_back({database, std::move(text)});
    }
    sql.clear();
  };
  std::istringstream lines{script};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('\\')) {
      sql += line + "\n";
      continue;
    }
    take();
    if (line.starts_with("\\connect ")) database = line.substr(10, line.size() - 11);
    if (line.starts_with("\\password ")) all.push_back({database, line});
  }
  take();
  return all;
}

std::vector<statement> statements_of_log(const std::string& log, const std::string& role) {
  std::vector<statement> all;
  for (const auto& entry : entries_of(log)) {
    if (entry.role != role) continue;
    for (const auto& text : split_statements(sql_of(entry))) add_without_verifier(all, entry.database, text);
  }
  return all;
}

std::vector<std::string> complaints_of_log(const std::string& log, const std::string& role) {
  static const std::set<std::string> levels{"WARNING", "ERROR", "FATAL", "PANIC"};
  std::vector<std::string> all;
  for (const auto& entry : entries_of(log)) {
    if (entry.role == role && levels.contains(entry.level)) all.push_back(entry.level + ": " + entry.text);
  }
  return all;
}

bool is_observation(const statement& one) {
  return one.text == "SELECT pg_catalog.pg_is_in_recovery()" || catalog_statements().contains(unrestricted(one.text));
}

bool is_housekeeping(const statement& one) {
  static const std::set<std::string> fixed{"BEGIN",
                                           "COMMIT",
                                           "SELECT pg_catalog.pg_reload_conf()",
                                           "SELECT pg_catalog.to_regclass('innkeeper.run') IS NOT NULL",
                                           "SELECT pg_catalog.pg_try_advisory_lock(KEY)",
                                           "SELECT pg_catalog.pg_try_advisory_lock_shared(KEY)",
                                           "SELECT pg_catalog.pg_advisory_unlock(KEY)",
                                           "SELECT pg_catalog.pg_advisory_unlock_shared(KEY)"};
  if (is_observation(one) || fixed.contains(without_key(one.text))) return true;
  static constexpr std::array<std::string_view, 3> writes{"INSERT INTO innkeeper.", "UPDATE innkeeper.",
                                                          "DELETE FROM innkeeper."};
  return one.database == "innkeeper" &&
         std::ranges::any_of(writes, [&](std::string_view begin) { return one.text.starts_with(begin); });
}

void PrintTo(const statement& one, std::ostream* out) {
  *out << one.database << ": " << one.text;
}

}  // namespace innkeeper::test
