#include "cli/console.h"

#include <fmt/format.h>

#include <iostream>

#include "core/text.h"

namespace innkeeper::cli {
namespace {

void put(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

// The first line is the message; what is indented below it, the detail.
exec::start_line line_of(exec::log_level level, std::string_view service, std::string_view text) {
  const auto end = std::min(text.find('\n'), text.size());
  exec::start_line line{.level = level, .service = std::string{service}, .message = std::string{text.substr(0, end)}};
  if (end == text.size()) return line;
  line.detail = replace_all(std::string{text.substr(end + 1)}, "\n  ", "\n");
  if (line.detail.starts_with("  ")) line.detail.erase(0, 2);
  return line;
}

}  // namespace

void console::print(std::string_view text) {
  if (!settings_.json) print_raw(text);
}

void console::print_raw(std::string_view text) {
  const std::lock_guard lock{mutex_};
  clear_live();
  put(results_, text);
}

void console::print_json(const json& document) {
  const std::lock_guard lock{mutex_};
  if (has_printed_json_ || !settings_.json) return;
  has_printed_json_ = true;
  clear_live();
  json whole{{"schema_version", json_schema_version}};
  whole.update(document);
  // Names on a server need not be UTF-8; what isn't shows as U+FFFD.
  put(results_, whole.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

void console::tell(std::string_view line) {
  log(line_of(exec::log_level::info, {}, line), line);
}

void console::tell_detail(std::string_view line) {
  log(line_of(exec::log_level::debug, {}, line), line);
}

void console::warn(std::string_view text) {
  log(line_of(exec::log_level::warning, {}, text), text);
}

void console::show(const diagnostics& all) {
  for (const auto& one : all) {
    std::string text = to_string(one);
    text.pop_back();
    auto line = line_of(one.level == severity::error ? exec::log_level::error : exec::log_level::warning, {}, text);
    const auto place = to_string(one.where);
    line.message = place.empty() ? one.message : place + ": " + one.message;
    log(line, (one.where.file.empty() ? "innkeeper: " : "") + text);
  }
}

void console::complain(exec::log_level level, std::string_view service, std::string_view text) {
  log(line_of(level, service, text),
      fmt::format("innkeeper: {}: {}{}{}{}", to_lower(exec::to_string(level)), service.empty() ? "" : "service ",
                  service, service.empty() ? "" : ": ", text));
}

void console::log(const exec::start_line& line, std::string_view for_people) {
  if (!shows(line.level)) return;
  if (settings_.json_log) {
    write_line(exec::to_json(line, std::chrono::system_clock::now()));
  } else {
    write_line(for_people);
  }
}

void console::tell_live(std::string_view line) {
  if (!settings_.live_progress || !shows(exec::log_level::info)) return;
  const std::lock_guard lock{mutex_};
  clear_live();
  put(progress_, line);
  std::fflush(progress_);
  has_live_line_ = true;
}

std::string console::ask(std::string_view question) {
  {
    const std::lock_guard lock{mutex_};
    clear_live();
    put(progress_, question);
    std::fflush(progress_);
  }
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

bool console::flush() {
  const std::lock_guard lock{mutex_};
  clear_live();
  std::fflush(progress_);
  return std::fflush(results_) == 0 && std::ferror(results_) == 0;
}

void console::write_line(std::string_view text) {
  const std::lock_guard lock{mutex_};
  clear_live();
  put(progress_, text);
  put(progress_, "\n");
}

// Back to the line's beginning, and erase it.
void console::clear_live() {
  if (!has_live_line_) return;
  put(progress_, "\r\x1b[K");
  has_live_line_ = false;
}

}  // namespace innkeeper::cli
