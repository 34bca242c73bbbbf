#include "exec/schema_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "exec/descriptor.h"
#include "exec/error.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = std::uintmax_t{64} << 20U;

[[noreturn]] void refuse(const fs::path& what, const std::string& message, const std::string& detail) {
  throw error{exit_code::invalid, fmt::format("{}: {}", what.string(), message), detail};
}

// What another hand appends meanwhile is left for the next run. Bare calls: a stream takes as long as splitting what it
// read.
std::string read_file(const fs::path& file) {
  const auto fail = [&] { refuse(file, "could not read the file", std::generic_category().message(errno)); };
  const descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat facts {};
  if (opened.get() < 0 || ::fstat(opened.get(), &facts) != 0) fail();
  if (static_cast<std::uintmax_t>(facts.st_size) > largest_file) {
    refuse(file, "the file is too big", "at most 64 MiB are read");
  }
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto count = ::read(opened.get(), text.data() + got, text.size() - got);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  text.resize(got);
  return text;
}

// The iterator's paths begin with the directory as it was given.
std::string name_below(const fs::path& directory, const fs::path& file) {
  const auto& whole = file.native();
  auto at = directory.native().size();
  while (at < whole.size() && whole[at] == '/') ++at;
  return whole.substr(at);
}

bool is_hidden(const fs::path& file) {
  return file.filename().string().starts_with('.');
}

}  // namespace

std::vector<migration::source_file> read_source_files(const fs::path& directory) {
  std::vector<migration::source_file> files;
  try {
    if (!fs::is_directory(directory)) refuse(directory, "there is no such directory of schema files", {});
    for (auto at = fs::recursive_directory_iterator{directory, fs::directory_options::follow_directory_symlink};
         at != fs::recursive_directory_iterator{}; ++at) {
      if (is_hidden(at->path())) {
        at.disable_recursion_pending();
      } else if (at->is_regular_file()) {
        files.push_back({name_below(directory, at->path()), read_file(at->path())});
      }
    }
  } catch (const fs::filesystem_error& failed) {
    refuse(directory, "could not read the schema files", failed.code().message());
  }
  std::ranges::sort(files, {}, &migration::source_file::name);
  return files;
}

fs::path shown_directory(const fs::path& directory) {
  std::error_code failed;
  const auto here = fs::current_path(failed);
  const auto relative = failed ? fs::path{} : directory.lexically_proximate(here);
  return relative.empty() || relative.begin()->string() == ".." ? directory : relative;
}

migration::schema_directory load_schema_directory(const fs::path& directory, const std::string& format) {
  const auto layout = format.empty() ? std::nullopt : migration::parse_layout(format);
  return migration::read_schema_directory(read_source_files(directory), layout, shown_directory(directory).string());
}

}  // namespace innkeeper::exec
