#pragma once
// Files and directories for nobody but us: 0600 and 0700, whatever the umask. A file is written beside its place and
// renamed into it, so that a reader, or the machine after a power cut, sees the old one or the new one whole.
// Everything that writes throws exec::error (1) that names the path and the reason.
#include <filesystem>
#include <string>
#include <string_view>

#include "core/secret.h"

namespace innkeeper::exec {

// Makes it and what is missing above it. An existing directory may be readable by others, but is refused where others
// could write to it: they could put their own files there.
void ensure_private_directory(const std::filesystem::path& directory);

enum class durability {
  durable,      // survives a power cut once this returned
  recomputable  // may be lost by one; saves two waits for the disk
};

enum class unix_owner {
  us,
  as_before  // of a file that is there already, where we may give it away
};

// Replaces what is there. The directory must exist.
void write_private_file(const std::filesystem::path& file, std::string_view content,
                        durability needed = durability::durable, unix_owner whose = unix_owner::us);

// The same for what anybody may read (0644): it holds no secret, and may be lost by a power cut.
void write_public_file(const std::filesystem::path& file, std::string_view content);

// What was renamed into it, or removed from it, is so after a power cut, too.
void sync_directory(const std::filesystem::path& directory);

// False, and nothing is written, where the file exists: of several writers exactly one gets true.
[[nodiscard]] bool create_private_file(const std::filesystem::path& file, std::string_view content,
                                       durability needed = durability::durable);

enum class stored_state { absent, present, unreadable };

struct file_content {
  stored_state state = stored_state::absent;
  secret text;
  bool others_may_read = false;
  std::string problem;  // of an unreadable one: what is wrong
};

// A whole file of at most so many bytes; what is no file is unreadable.
[[nodiscard]] file_content read_small_file(const std::filesystem::path& file, std::size_t most);
// "other users may read "F": run: chmod 600 'F'"
[[nodiscard]] std::string others_may_read_it(const std::filesystem::path& file);

}  // namespace innkeeper::exec
