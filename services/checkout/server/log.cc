#include "services/checkout/server/log.h"

#include <unistd.h>

#include <cerrno>
#include <mutex>

namespace checkout::log {
namespace {

void write(severity level, std::string_view message, const log_fields& fields) {
  static std::mutex guard;
  const std::string line = log_line(level, message, std::chrono::system_clock::now(), fields) + "\n";
  std::string_view rest = line;
  const std::lock_guard lock{guard};
  while (!rest.empty()) {
    const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody listens any more
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void debug(std::string_view message, const log_fields& fields) {
  write(severity::debug, message, fields);
}
void info(std::string_view message, const log_fields& fields) {
  write(severity::info, message, fields);
}
void warning(std::string_view message, const log_fields& fields) {
  write(severity::warning, message, fields);
}
void error(std::string_view message, const log_fields& fields) {
  write(severity::error, message, fields);
}
void fatal(std::string_view message, const log_fields& fields) {
  write(severity::fatal, message, fields);
}

}  // namespace checkout::log
