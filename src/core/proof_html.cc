#include "core/proof_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "core/acceptance.h"
#include "core/limits.h"
#include "core/matrix_text.h"
#include "core/proof_html_style.h"
#include "core/proof_record.h"
#include "core/source_text.h"

namespace innkeeper {
namespace {

// C1 controls, and marks that would make the text around them read in another order.
bool turns_text(char32_t point) {
  return (point >= 0x80 && point < 0xA0) || (point >= 0x202A && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

// Whatever a server holds becomes text and nothing else: no markup, no control characters, no broken UTF-8.
std::string escaped(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    const bool is_control = first != '\n' && (first < 0x20 || first == 0x7F);
    if (const auto point = length > 1 ? utf8_code_point(text, length) : char32_t{0}; turns_text(point)) {
      safe += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
      text.remove_prefix(length);
      continue;
    }
    switch (text[0]) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += length == 0 || is_control ? "\xEF\xBF\xBD" : std::string{text.substr(0, length)};
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return safe;
}

// A name keeps to itself: one written from right to left turns nothing around it.
std::string named(std::string_view name) {
  return fmt::format("<bdi>{}</bdi>", escaped(name));
}

struct cell_look {
  char kind;  // class
  std::string_view sign;
  std::string_view meaning;
};

cell_look look_of(access_cell one) {
  switch (one) {
    case access_cell::own:
      return {'o', "own", "its own"};
    case access_cell::shared:
      return {'s', "own·s", "its own, shared as declared"};
    case access_cell::reads:
      return {'r', "reads", "may read, as declared"};
    case access_cell::refused:
      return {'n', "no", "tried, refused"};
    case access_cell::closed:
      return {'c', "·", "closed, as the catalogs say; not tried"};
    case access_cell::leak:
      return {'l', "LEAK", "gets in, and must not"};
    case access_cell::failed:
      return {'f', "FAIL", "nothing proved: a control failed, or the answer was unclear"};
    case access_cell::unknown:
      return {'u', "?", "not there"};
  }
  return {'u', "?", ""};
}

class page_writer {
 public:
  std::string write(const page_facts& facts, const std::vector<proof_report>& reports) {
    const bool holds = facts.problem.empty() && std::ranges::all_of(reports, [](const proof_report& one) {
                         return one.code() == exit_code::ok;
                       });
    add("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        "<title>{}: {}</title>\n<style>{}</style>\n</head>\n<body>\n",
        holds ? "Proved" : "Not proved", escaped(facts.estate), proof_page_style);
    add("<header>\n<h1>Isolation of {}</h1>\n<p class=\"dim\">{} · {} · list of probes {}</p>\n</header>\n<main>\n",
        named(facts.estate), escaped(facts.time), escaped(facts.program), probe_list_version());
    if (!facts.problem.empty()) add("<p class=\"verdict bad\">{}</p>\n", escaped(facts.problem));
    for (const auto& one : reports) server(one);
    limits();
    add("</main>\n</body>\n</html>\n");
    return std::move(page_);
  }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(page_), text, std::forward<Args>(args)...);
  }

  void server(const proof_report& one) {
    const bool holds = one.code() == exit_code::ok;
    add("<section>\n<h2>Server {}</h2>\n", named(one.server));
    add("<p class=\"verdict {}\">{}</p>\n", holds ? "good" : "bad", escaped(verdict_line(one, {})));
    add("<dl>\n<dt>PostgreSQL</dt><dd>{}</dd>\n", version_text(one.version_num));
    if (!one.system_identifier.empty()) add("<dt>System</dt><dd>{}</dd>\n", escaped(one.system_identifier));
    add("<dt>Read</dt><dd>{} roles, {} databases</dd>\n", one.roles, one.databases);
    add("<dt>Tried</dt><dd>{}</dd>\n</dl>\n",
        one.tried ? fmt::format("{} of {} doors that must be closed, with the services’ own passwords", one.doors_tried,
                                one.doors)
                  : std::string{"no log-in; only the catalogs were asked (verify --prove tries)"});
    findings(one);
    matrix(one);
    if (!one.sharing.empty()) list("Shared, as declared", one.sharing);
    std::vector<std::string> off;
    for (const auto& item : one.off) off.push_back(switched_off_text(item));
    if (!off.empty()) list("Hardening that is switched off", off);
    probes(one);
    add("</section>\n");
  }

  void list(std::string_view heading, const std::vector<std::string>& lines) {
    add("<h3>{}</h3>\n<ul>\n", heading);
    for (const auto& line : lines) add("<li>{}</li>\n", escaped(line));
    add("</ul>\n");
  }

  static std::string_view group_of(const finding& one) {
    if (one.accepted) return "Accepted";
    switch (one.says) {
      case verdict::leak:
      case verdict::failed:
        return "Leaks and failed controls";
      case verdict::drift:
        return "Not as declared";
      case verdict::unprovable:
        return "Not provable";
      case verdict::advice:
        break;
    }
    return "Advice";
  }

  void findings(const proof_report& report) {
    static constexpr std::array<std::string_view, 5> groups{"Leaks and failed controls", "Not as declared",
                                                            "Not provable", "Advice", "Accepted"};
    if (report.findings.empty()) {
      add("<h3>Findings</h3>\n<p>None.</p>\n");
      return;
    }
    for (const auto group : groups) {
      const auto is_of_it = [&](const finding& one) { return group_of(one) == group; };
      const auto count = std::ranges::count_if(report.findings, is_of_it);
      if (count == 0) continue;
      add("<h3>{} ({})</h3>\n", group, count);
      for (const auto& one : report.findings) {
        if (is_of_it(one)) article(one);
      }
    }
  }

  void row(std::string_view label, const std::string& value) {
    if (!value.empty()) add("<dt>{}</dt><dd>{}</dd>\n", label, value);
  }

  void article(const finding& one) {
    const bool is_judged = one.says == verdict::leak || one.says == verdict::failed;
    const std::string_view kind = one.accepted ? "accepted" : is_judged ? to_string(one.how_bad) : to_string(one.says);
    add("<article class=\"{}\">\n<h4><span class=\"tag {}\">{}{}</span>{}</h4>\n<dl>\n", kind, kind,
        one.accepted ? "accepted " : "", is_judged ? to_string(one.how_bad) : to_string(one.says), escaped(one.text));
    row("Probe", escaped(one.probe));
    row("Service", one.service.empty() ? "" : named(one.service));
    row("Log-in", one.log_in.empty() ? "" : named(one.log_in.value));
    row("Database", one.database.empty() ? "" : named(one.database.value));
    row("Detail", escaped(one.detail));
    row("Declared at", escaped(to_string(one.where)));
    if (one.accepted) {
      row("Accepted until", date_text(one.accepted->until));
      row("Reason", escaped(one.accepted->reason));
    }
    add("</dl>\n");
    if (!one.statement.empty()) {
      add("<pre aria-label=\"statement that mends it\"><code>{}</code></pre>\n", escaped(one.statement));
    }
    add("</article>\n");
  }

  void probes(const proof_report& report) {
    if (report.tallies.empty()) return;
    add("<h3>What was asked</h3>\n<table class=\"list\">\n<thead><tr><th scope=\"col\">Probe</th><th "
        "scope=\"col\">Asks "
        "whether</th><th scope=\"col\">Of</th><th scope=\"col\" class=\"n\">Checks</th><th scope=\"col\" "
        "class=\"n\">Leaks</th><th scope=\"col\" class=\"n\">Failed</th><th scope=\"col\" "
        "class=\"n\">Unprovable</th></tr></thead>\n<tbody>\n");
    for (const auto& one : report.tallies) {
      add("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
          "<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
          escaped(one.id), escaped(one.title), one.kind == probe_class::catalog ? "the catalogs" : "a log-in",
          one.checks, one.leaks, one.failed, one.unprovable);
    }
    add("</tbody>\n</table>\n");
  }

  void matrix(const proof_report& report) {
    const auto& all = report.matrix;
    if (all.rows.empty()) return;
    add("<h3>Who can enter what</h3>\n<p class=\"legend\">");
    for (const auto cell : {access_cell::own, access_cell::shared, access_cell::reads, access_cell::refused,
                            access_cell::closed, access_cell::leak, access_cell::failed, access_cell::unknown}) {
      const bool is_used = std::ranges::any_of(
          all.rows, [&](const access_row& row) { return std::ranges::find(row.cells, cell) != row.cells.end(); });
      if (is_used) add("<span><b>{}</b> {}</span>\n", look_of(cell).sign, look_of(cell).meaning);
    }
    add("</p>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Log-ins and databases\">\n"
        "<table class=\"matrix\">\n<thead><tr><th scope=\"col\">log-in</th>");
    for (const auto& column : all.columns) add("<th scope=\"col\"><span>{}</span></th>", named(column.value));
    add("</tr></thead>\n<tbody>\n");
    // A cell for each pair of a thousand log-ins and databases is more than a browser bears.
    const bool is_large = all.columns.size() > most_plain_columns;
    for (const auto& one : all.rows) matrix_row(one, is_large);
    add("</tbody>\n</table>\n</div>\n");
  }

  void matrix_row(const access_row& row, bool is_large) {
    const std::string services =
        row.services.size() == 1 ? row.services.front() : fmt::format("{} services", row.services.size());
    add("<tr><th scope=\"row\">{} <span class=\"dim\">{}</span></th>", named(row.log_in.value), named(services));
    for (std::size_t i = 0; i < row.cells.size();) {
      const auto cell = row.cells[i];
      std::size_t end = i + 1;
      while (is_large && end < row.cells.size() && row.cells[end] == cell) ++end;
      const auto look = look_of(cell);
      if (end - i == 1) {
        add("<td class=\"{}\">{}</td>", look.kind, look.sign);
      } else {
        add("<td class=\"{}\" colspan=\"{}\">{} ×{}</td>", look.kind, end - i, look.sign, end - i);
      }
      i = end;
    }
    add("</tr>\n");
  }

  // What no statement closes is said on every page: a proof that is read without its limits is read wrongly.
  void limits() {
    add("<section>\n<h2>What this does not prove</h2>\n<ul>\n"
        "<li>pg_hba.conf is tried from the machine that ran the proof.</li>\n"
        "<li>Names of databases and roles, and their settings and comments, can be read by every log-in.</li>\n"
        "<li>It holds for the moment it was made: run it again after changes by hand, restores and upgrades.</li>\n"
        "</ul>\n<p>Data is isolated; starvation is bounded where PostgreSQL can, and not excluded. What it can't "
        "keep a service from using up:</p>\n<ul>\n");
    for (const auto& one : limits_of_postgresql()) {
      add("<li>{} <span class=\"dim\">{}</span></li>\n", escaped(one.what), escaped(one.helps));
    }
    add("</ul>\n</section>\n");
  }

  static constexpr std::size_t most_plain_columns = 60;

  std::string page_;
};

}  // namespace

std::string proof_page(const page_facts& facts, const std::vector<proof_report>& reports) {
  return page_writer{}.write(facts, reports);
}

}  // namespace innkeeper
