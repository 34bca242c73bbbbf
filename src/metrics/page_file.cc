#include "metrics/page_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>

#include "exec/descriptor.h"
#include "exec/private_file.h"

namespace innkeeper::metrics {
namespace {

namespace fs = std::filesystem;

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

// The directory itself is locked: a file of our own there would be one more for others to wonder about. Anybody who may
// read it could hold the lock for ever, so it isn't waited for without end.
class turn {
 public:
  explicit turn(const fs::path& directory) : directory_{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    while (directory_.get() >= 0 && ::flock(directory_.get(), LOCK_EX | LOCK_NB) != 0 &&
           std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
  }

 private:
  exec::descriptor directory_;
};

page read_page(const fs::path& file) {
  std::ifstream stream{file};
  std::ostringstream text;
  text << stream.rdbuf();
  return parse_page(text.str());
}

}  // namespace

std::string problem_with_page_file(const fs::path& file) {
  if (!file.has_filename()) return "it has no name";
  std::error_code failed;
  const auto kind = fs::status(file, failed).type();
  if (kind != fs::file_type::regular && kind != fs::file_type::not_found) return "it is no regular file";
  if (!fs::is_directory(directory_of(file), failed)) return "its directory does not exist";
  if (::access(directory_of(file).c_str(), W_OK | X_OK) != 0) return "its directory may not be written to";
  return {};
}

void update_page_file(const fs::path& file, const std::function<page(const page& before)>& fill) {
  const turn ours{directory_of(file)};
  const auto before = read_page(file);
  auto now = fill(before);
  now.go_on_from(before);
  exec::write_public_file(file, to_text(now));
}

}  // namespace innkeeper::metrics
