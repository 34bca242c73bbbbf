#include "exec/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "exec/descriptor.h"
#include "exec/error.h"
#include "exec/random.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const fs::path& path, int cause) {
  throw error{exit_code::failed, fmt::format("could not {} \"{}\"", what, path.string()),
              std::generic_category().message(cause)};
}

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

// Whoever may not give a file away keeps it, as with any editor.
void give_to_owner_of(const fs::path& file, int opened) {
  struct stat before {};
  if (::stat(file.c_str(), &before) == 0) (void)!::fchown(opened, before.st_uid, before.st_gid);
}

// A whole file under a name of its own beside its final place; gone with this object unless it was renamed.
class temporary_file {
 public:
  temporary_file(const fs::path& beside, std::string_view content, durability needed, unix_owner whose,
                 mode_t mode = 0600)
      : path_{directory_of(beside) / fmt::format(".{}.{}", beside.filename().string(), random_name())} {
    const descriptor opened{::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (opened.get() < 0) fail("write", beside, errno);
    if (whose == unix_owner::as_before) give_to_owner_of(beside, opened.get());
    if (::fchmod(opened.get(), mode) != 0) give_up(beside);
    while (!content.empty()) {
      const ssize_t written = ::write(opened.get(), content.data(), content.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) give_up(beside);
      content.remove_prefix(static_cast<std::size_t>(written));
    }
    if (needed == durability::durable && ::fsync(opened.get()) != 0) give_up(beside);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { ::unlink(path_.c_str()); }

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  [[noreturn]] void give_up(const fs::path& file) {
    const int cause = errno;
    ::unlink(path_.c_str());
    fail("write", file, cause);
  }

  fs::path path_;
};

void make_directory(const fs::path& directory) {
  if (::mkdir(directory.c_str(), 0700) == 0) {
    if (::chmod(directory.c_str(), 0700) != 0) fail("set the mode of directory", directory, errno);
    sync_directory(directory_of(directory));
  } else if (errno != EEXIST) {
    fail("create directory", directory, errno);
  }
}

}  // namespace

void sync_directory(const fs::path& directory) {
  const descriptor opened{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.get() < 0) fail("open directory", directory, errno);
  // Some network file systems cannot, and say EINVAL.
  if (::fsync(opened.get()) != 0 && errno != EINVAL) fail("write directory to disk:", directory, errno);
}

void ensure_private_directory(const fs::path& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    if (errno != ENOENT) fail("look at directory", directory, errno);
    const auto above = directory.lexically_normal().parent_path();
    std::error_code ignored;
    if (!above.empty() && !fs::exists(above, ignored)) ensure_private_directory(above);
    make_directory(directory);
    if (::stat(directory.c_str(), &status) != 0) fail("look at directory", directory, errno);
  }
  if (!S_ISDIR(status.st_mode)) fail("use as a directory:", directory, ENOTDIR);
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw error{exit_code::failed, fmt::format("other users may write to directory \"{}\"", directory.string()),
                fmt::format("its mode is {:04o}", status.st_mode & 07777U),
                fmt::format("Run: chmod 700 '{}'.", directory.string())};
}

void write_private_file(const fs::path& file, std::string_view content, durability needed, unix_owner whose) {
  const temporary_file temporary{file, content, needed, whose};
  if (::rename(temporary.path().c_str(), file.c_str()) != 0) fail("write", file, errno);
  if (needed == durability::durable) sync_directory(directory_of(file));
}

void write_public_file(const fs::path& file, std::string_view content) {
  const temporary_file temporary{file, content, durability::recomputable, unix_owner::us, 0644};
  if (::rename(temporary.path().c_str(), file.c_str()) != 0) fail("write", file, errno);
}

bool create_private_file(const fs::path& file, std::string_view content, durability needed) {
  const temporary_file temporary{file, content, needed, unix_owner::us};
  if (::link(temporary.path().c_str(), file.c_str()) != 0) {
    if (errno == EEXIST) return false;
    fail("write", file, errno);
  }
  if (needed == durability::durable) sync_directory(directory_of(file));
  return true;
}

std::string others_may_read_it(const fs::path& file) {
  return fmt::format("other users may read \"{}\": run: chmod 600 '{}'", file.string(), file.string());
}

file_content read_small_file(const fs::path& file, std::size_t most) {
  const auto unreadable = [](std::string problem) {
    return file_content{.state = stored_state::unreadable, .problem = std::move(problem)};
  };
  const descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (opened.get() < 0) {
    if (errno == ENOENT) return {};
    return unreadable(fmt::format("\"{}\" could not be read: {}{}", file.string(),
                                  std::generic_category().message(errno),
                                  errno == EACCES ? "; it must belong to the user who runs this" : ""));
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0)
    return unreadable(
        fmt::format("\"{}\" could not be read: {}", file.string(), std::generic_category().message(errno)));
  if (!S_ISREG(status.st_mode)) return unreadable(fmt::format("\"{}\" is not a file", file.string()));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > most) return unreadable(fmt::format("\"{}\" is too large to be a secret", file.string()));
  std::string text(size, '\0');
  if (::read(opened.get(), text.data(), text.size()) != status.st_size)
    return unreadable(fmt::format("\"{}\" could not be read whole: try again", file.string()));
  return {.state = stored_state::present,
          .text = secret{std::move(text)},
          .others_may_read = (status.st_mode & (S_IRWXG | S_IRWXO)) != 0};
}

}  // namespace innkeeper::exec
