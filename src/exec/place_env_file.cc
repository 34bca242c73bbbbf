#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/digest.h"
#include "core/env_file.h"
#include "exec/directory_lock.h"
#include "exec/error.h"
#include "exec/private_file.h"
#include "exec/secret_places.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes_of_env_file = 1 << 20;

class env_file final : public secret_place {
 public:
  env_file(fs::path file, std::string shown) : file_{std::move(file)}, shown_{std::move(shown)} {}

  [[nodiscard]] place_entry read() const override {
    const file_content text = read_small_file(target(), most_bytes_of_env_file);
    place_entry entry{.state = text.state, .problem = text.problem};
    if (text.state != stored_state::present) return entry;
    entry.content = {read_env_file(text.text.expose()), sha256_hex(text.text.expose())};
    // What was open before it held anything of ours is closed by the first write.
    const bool is_ours =
        std::ranges::any_of(entry.content.keys, [](const auto& one) { return !one.second.owner.empty(); });
    if (text.others_may_read && is_ours)
      return {.state = stored_state::unreadable, .problem = others_may_read_it(file_)};
    return entry;
  }

  [[nodiscard]] bool write(const std::map<std::string, secret>& keys, std::string_view owner,
                           std::string_view version) override {
    const fs::path file = target();
    const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path{"."};
    std::error_code ignored;
    if (!fs::exists(directory, ignored)) {
      if (keys.empty()) return version.empty();
      ensure_private_directory(directory);
    }
    const directory_lock lock{directory};
    const file_content before = read_small_file(file, most_bytes_of_env_file);
    if (before.state == stored_state::unreadable)
      throw error{exit_code::failed, fmt::format("could not write {}", name()), before.problem};
    const bool is_there = before.state == stored_state::present;
    if ((is_there ? sha256_hex(before.text.expose()) : "") != version) return false;
    const secret after = patch_env_file(before.text.expose(), keys, owner);
    if (after.empty()) {
      if (is_there) remove(file, directory);
    } else if (after != before.text || before.others_may_read) {
      write_private_file(file, after.expose(), durability::durable, unix_owner::as_before);
    }
    return true;
  }

  [[nodiscard]] std::string name() const override { return "file " + shown_; }

 private:
  [[nodiscard]] fs::path target() const {
    std::error_code ignored;
    if (!fs::is_symlink(file_, ignored)) return file_;
    auto resolved = fs::weakly_canonical(file_, ignored);
    return resolved.empty() ? file_ : resolved;
  }

  void remove(const fs::path& file, const fs::path& directory) const {
    if (::unlink(file.c_str()) != 0)
      throw error{exit_code::failed, fmt::format("could not remove {}", name()),
                  std::generic_category().message(errno)};
    sync_directory(directory);
  }

  fs::path file_;
  std::string shown_;
};

}  // namespace

std::unique_ptr<secret_place> env_file_place(fs::path file, std::string shown) {
  return std::make_unique<env_file>(std::move(file), std::move(shown));
}

}  // namespace innkeeper::exec
