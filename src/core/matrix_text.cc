#include "core/matrix_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "core/acceptance.h"
#include "core/proof_record.h"

namespace innkeeper {
namespace {

enum class tint { none, good, bad, notice, bold };

std::string tinted(std::string_view text, tint with, const text_style& style) {
  if (!style.colored || with == tint::none) return std::string{text};
  std::string_view code;
  switch (with) {
    case tint::none:
      break;
    case tint::good:
      code = "32";
      break;
    case tint::bad:
      code = "1;31";
      break;
    case tint::notice:
      code = "33";
      break;
    case tint::bold:
      code = "1";
      break;
  }
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

// How a cell looks in a wide and in a narrow matrix, and what it means.
struct cell_look {
  std::string_view word;
  char letter;
  std::string_view meaning;
  tint with;
};

cell_look look_of(access_cell one) {
  switch (one) {
    case access_cell::own:
      return {"own", 'o', "its own", tint::good};
    case access_cell::shared:
      return {"shared", 's', "its own, shared as declared", tint::good};
    case access_cell::reads:
      return {"reads", 'r', "may read, as declared", tint::good};
    case access_cell::refused:
      return {"no", '-', "tried, refused", tint::none};
    case access_cell::closed:
      return {"(no)", '.', "closed, as the catalogs say; not tried", tint::none};
    case access_cell::leak:
      return {"LEAK", 'L', "gets in, and must not", tint::bad};
    case access_cell::failed:
      return {"FAIL", 'F', "nothing proved: a control failed, or the answer was unclear", tint::bad};
    case access_cell::unknown:
      return {"?", '?', "not there", tint::notice};
  }
  return {};
}

bool is_trouble(access_cell one) {
  return one == access_cell::leak || one == access_cell::failed || one == access_cell::unknown;
}

// Characters, not bytes, as a terminal shows them.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = length_of(text);
  return length < width ? text + std::string(width - length, ' ') : text;
}

std::string label_of(const access_row& row) {
  if (row.services.size() == 1) return fmt::format("{} ({})", row.log_in, row.services.front());
  return fmt::format("{} ({} services)", row.log_in, row.services.size());
}

using rows = std::vector<const access_row*>;

class matrix_view {
 public:
  matrix_view(const access_matrix& matrix, rows shown, const text_style& style)
      : matrix_{matrix}, rows_{std::move(shown)}, style_{style} {
    for (const auto* row : rows_) label_width_ = std::max(label_width_, length_of(label_of(*row)));
  }

  [[nodiscard]] std::string text() const { return (fits() ? wide() : narrow()) + legend(); }

 private:
  [[nodiscard]] std::size_t column_width(std::size_t column) const {
    std::size_t width = length_of(matrix_.columns[column].value);
    for (const auto* row : rows_) width = std::max(width, look_of(row->cells[column]).word.size());
    return width;
  }

  [[nodiscard]] bool fits() const {
    std::size_t width = label_width_;
    for (std::size_t i = 0; i < matrix_.columns.size(); ++i) width += 2 + column_width(i);
    return width <= static_cast<std::size_t>(style_.width);
  }

  [[nodiscard]] std::string wide() const {
    std::string text = std::string(label_width_, ' ');
    for (std::size_t i = 0; i < matrix_.columns.size(); ++i) {
      text += "  " + padded(matrix_.columns[i].value, column_width(i));
    }
    text = trimmed(text) + "\n";
    for (const auto* row : rows_) {
      std::string line = padded(label_of(*row), label_width_);
      for (std::size_t i = 0; i < row->cells.size(); ++i) {
        const auto look = look_of(row->cells[i]);
        line += "  " + tinted(look.word, look.with, style_);
        if (i + 1 < row->cells.size()) line += std::string(column_width(i) - look.word.size(), ' ');
      }
      text += line + "\n";
    }
    return text;
  }

  // Columns are numbered, the number written downwards, and named below.
  [[nodiscard]] std::string narrow() const {
    const std::size_t digits = std::to_string(matrix_.columns.size()).size();
    std::string text;
    for (std::size_t digit = 0; digit < digits; ++digit) {
      text += std::string(label_width_ + 1, ' ');
      for (std::size_t i = 1; i <= matrix_.columns.size(); ++i) {
        text += ' ';
        text += fmt::format("{:>{}}", i, digits)[digit];
      }
      text = trimmed(text) + "\n";
    }
    for (const auto* row : rows_) {
      text += padded(label_of(*row), label_width_ + 1);
      for (const auto cell : row->cells) {
        const auto look = look_of(cell);
        text += ' ' + tinted(std::string(1, look.letter), look.with, style_);
      }
      text += "\n";
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < matrix_.columns.size(); ++i) {
      names.push_back(fmt::format("{} {}", i + 1, matrix_.columns[i]));
    }
    return text + wrapped(names, "  ");
  }

  [[nodiscard]] std::string legend() const {
    std::map<access_cell, cell_look> used;
    for (const auto* row : rows_) {
      for (const auto cell : row->cells) used.emplace(cell, look_of(cell));
    }
    std::vector<std::string> entries;
    for (const auto& [cell, look] : used) {
      const std::string sign = fits() ? std::string{look.word} : std::string(1, look.letter);
      entries.push_back(fmt::format("{}: {}", sign, look.meaning));
    }
    return wrapped(entries, "; ");
  }

  static std::string trimmed(std::string text) {
    while (text.ends_with(' ')) text.pop_back();
    return text;
  }

  [[nodiscard]] std::string wrapped(const std::vector<std::string>& parts, std::string_view between) const {
    std::string text;
    std::string line;
    for (const auto& part : parts) {
      const bool overflows =
          length_of(line) + between.size() + length_of(part) > static_cast<std::size_t>(style_.width);
      if (!line.empty() && overflows) {
        text += line + "\n";
        line.clear();
      }
      line += line.empty() ? part : std::string{between} + part;
    }
    return line.empty() ? text : text + line + "\n";
  }

  const access_matrix& matrix_;
  rows rows_;
  const text_style& style_;
  std::size_t label_width_ = 0;
};

std::string counted(int count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

tint tint_of(verdict one) {
  switch (one) {
    case verdict::leak:
    case verdict::failed:
      return tint::bad;
    case verdict::drift:
    case verdict::unprovable:
      return tint::notice;
    case verdict::advice:
      return tint::none;
  }
  return tint::none;
}

std::string indented(std::string_view label, const std::string& text) {
  std::string line = fmt::format("  {}: ", label);
  for (const char c : text) line += c == '\n' ? std::string{"\n    "} : std::string(1, c);
  return line + "\n";
}

std::string finding_text(const finding& one, const text_style& style) {
  const bool is_judged = one.says == verdict::leak || one.says == verdict::failed;
  const std::string how_bad = is_judged ? fmt::format(", {}", to_string(one.how_bad)) : "";
  const tint with = one.accepted ? tint::none : tint_of(one.says);
  std::string text = fmt::format("{} {}{}: {}", tinted(to_string(one.says), with, style), one.probe, how_bad, one.text);
  if (one.says == verdict::drift) text = fmt::format("{}: {}", tinted("drift", with, style), one.text);
  text += "\n";
  if (one.accepted) {
    text += fmt::format("  accepted until {} ({}): {}\n", date_text(one.accepted->until),
                        to_string(one.accepted->where), one.accepted->reason);
  }
  if (!one.service.empty()) text += fmt::format("  service: {}\n", one.service);
  if (!one.detail.empty()) text += indented("detail", one.detail);
  if (const auto place = to_string(one.where); !place.empty()) text += fmt::format("  declared at: {}\n", place);
  if (!one.statement.empty()) text += indented("mend it", one.statement);
  return text;
}

// Log-ins by what they may, and the doors that must be closed, in numbers; then every exception in a line of its own.
class summary_view {
 public:
  summary_view(const access_matrix& matrix, const text_style& style) : matrix_{matrix}, style_{style} {}

  [[nodiscard]] std::string text() {
    for (const auto& row : matrix_.rows) read(row);
    std::string text = fmt::format(
        "{} and {}: {} of {} log-ins as declared.\n", counted(size_of(matrix_.rows), "log-in"),
        counted(size_of(matrix_.columns), "database"), matrix_.rows.size() - troubled_, matrix_.rows.size());
    for (const auto& [cell, count] : counts_) {
      text += fmt::format("  {:>9}  {}\n", count, look_of(cell).meaning);
    }
    if (!declared_.empty()) text += "May read what is another's, as declared:\n" + declared_;
    if (!trouble_.empty()) text += "Not as declared:\n" + trouble_;
    return text;
  }

 private:
  static int size_of(const auto& all) { return static_cast<int>(all.size()); }

  void read(const access_row& row) {
    std::map<access_cell, std::string> named;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto cell = row.cells[i];
      ++counts_[cell];
      if (!is_trouble(cell) && cell != access_cell::reads) continue;
      auto& names = named[cell];
      names += (names.empty() ? "" : ", ") + matrix_.columns[i].value;
    }
    const bool is_troubled = std::ranges::any_of(row.cells, is_trouble);
    if (is_troubled) ++troubled_;
    for (const auto& [cell, names] : named) {
      const auto look = look_of(cell);
      const std::string line =
          fmt::format("  {}: {}: {}\n", label_of(row), tinted(look.word, look.with, style_), names);
      (cell == access_cell::reads ? declared_ : trouble_) += line;
    }
  }

  const access_matrix& matrix_;
  const text_style& style_;
  std::map<access_cell, int> counts_;
  std::size_t troubled_ = 0;
  std::string declared_;
  std::string trouble_;
};

// What findings are grouped under, the worst first.
std::string heading_of(const finding& one) {
  if (one.accepted) return "Accepted";
  switch (one.says) {
    case verdict::leak:
    case verdict::failed: {
      std::string word{to_string(one.how_bad)};
      word.front() = static_cast<char>(word.front() - 'a' + 'A');
      return word;
    }
    case verdict::drift:
      return "Not as declared";
    case verdict::unprovable:
      return "Not provable";
    case verdict::advice:
      return "Advice";
  }
  return {};
}

std::string record_line(const proof_report& report) {
  if (report.version_num == 0) return {};
  const std::string system =
      report.system_identifier.empty() ? "" : fmt::format(" (system {})", report.system_identifier);
  return fmt::format("Server {}: PostgreSQL {}{}, {} and {} read, list of probes {}.\n", report.server,
                     version_text(report.version_num), system, counted(report.roles, "role"),
                     counted(report.databases, "database"), probe_list_version());
}

std::size_t rank_of_heading(const std::string& heading) {
  static constexpr std::array<std::string_view, 8> order{"Critical",        "High",         "Medium", "Low",
                                                         "Not as declared", "Not provable", "Advice", "Accepted"};
  return static_cast<std::size_t>(std::ranges::find(order, heading) - order.begin());
}

// Tried doors that are no cell of the matrix: another's log-in, a wrong password, replication.
int other_doors(const proof_report& report) {
  int all = -report.doors_tried;
  for (const auto& one : report.tries) all += static_cast<int>(one.doors.size());
  return all;
}

}  // namespace

std::string matrix_text(const proof_report& report, const text_style& style) {
  if (report.matrix.rows.empty()) return {};
  if (static_cast<std::size_t>(report.services) > drawn_services) return summary_view{report.matrix, style}.text();
  rows shown;
  for (const auto& row : report.matrix.rows) shown.push_back(&row);
  return matrix_view{report.matrix, shown, style}.text();
}

std::string verdict_line(const proof_report& report, const text_style& style) {
  const bool holds = report.code() == exit_code::ok;
  const std::string_view head = !holds ? "Not proved" : report.tried ? "Proved" : "Verified";
  std::string line =
      fmt::format("{}: {}, {}, {}, {} failed, {} unprovable", head, counted(report.services, "service"),
                  counted(report.probes, "probe"), counted(report.leaks, "leak"), report.failed, report.unprovable);
  if (report.drift > 0) line += fmt::format(", {}", counted(report.drift, "difference"));
  if (report.accepted > 0) line += fmt::format(", {} accepted", report.accepted);
  return tinted(line + ".", holds ? tint::good : tint::bad, style);
}

std::string findings_text(const proof_report& report, const text_style& style) {
  std::vector<std::pair<std::string, std::string>> groups;
  std::map<std::string, int> sizes;
  // A leak and a failed control of the same gravity belong together.
  for (const auto& one : report.findings) {
    const auto heading = heading_of(one);
    auto group = std::ranges::find(groups, heading, &std::pair<std::string, std::string>::first);
    if (group == groups.end()) group = groups.insert(groups.end(), {heading, ""});
    group->second += finding_text(one, style);
    ++sizes[heading];
  }
  std::ranges::stable_sort(groups, {}, [](const auto& group) { return rank_of_heading(group.first); });
  std::string text;
  for (const auto& [heading, findings] : groups) {
    text += fmt::format("{}{} ({})\n{}", text.empty() ? "" : "\n", tinted(heading, tint::bold, style), sizes[heading],
                        findings);
  }
  return text;
}

std::string proof_text(const proof_report& report, const text_style& style) {
  std::string text = matrix_text(report, style);
  const auto add = [&](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : "\n") + part;
  };
  std::string shared;
  for (const auto& line : report.sharing) shared += fmt::format("  {}\n", line);
  if (!shared.empty()) add(fmt::format("{}\n{}", tinted("Shared, as declared:", tint::bold, style), shared));
  std::string off;
  for (const auto& one : report.off) off += fmt::format("  {}\n", switched_off_text(one));
  if (!off.empty()) add(fmt::format("{}\n{}", tinted("Hardening:", tint::bold, style), off));
  add(findings_text(report, style));
  std::string last = verdict_line(report, style) + "\n";
  if (report.tried && report.doors_tried < report.doors) {
    last += fmt::format("Tried {} of {} doors that must be closed; --exhaustive tries all.\n", report.doors_tried,
                        report.doors);
  }
  if (const auto keys = other_doors(report); keys > 0) {
    last +=
        fmt::format("Also tried {} with other keys or for replication; --json lists them.\n", counted(keys, "door"));
  }
  last += record_line(report);
  if (!report.tried) last += "No log-in was tried; --prove does.\n";
  if (report.drift > 0) last += "Run \"innkeeper apply\" to make the server match the manifest.\n";
  add(last);
  return text;
}

std::string_view to_string(access_cell one) {
  switch (one) {
    case access_cell::own:
      return "own";
    case access_cell::shared:
      return "shared";
    case access_cell::reads:
      return "reads";
    case access_cell::refused:
      return "refused";
    case access_cell::closed:
      return "closed";
    case access_cell::leak:
      return "leak";
    case access_cell::failed:
      return "failed";
    case access_cell::unknown:
      return "unknown";
  }
  return "";
}

}  // namespace innkeeper
