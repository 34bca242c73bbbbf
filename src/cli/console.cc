#include "cli/console.h"

#include <iostream>

namespace innkeeper::cli {
namespace {

void put(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
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
  if (!settings_.quiet) write_line(line);
}

void console::tell_detail(std::string_view line) {
  if (settings_.verbose) write_line(line);
}

void console::warn(std::string_view text) {
  write_line(text);
}

void console::show(const diagnostics& all) {
  for (const auto& one : all) {
    const std::string text = to_string(one);
    write_line((one.where.file.empty() ? "innkeeper: " : "") + text.substr(0, text.size() - 1));
  }
}

void console::tell_live(std::string_view line) {
  if (settings_.quiet || !settings_.live_progress) return;
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
