#pragma once
// Reads a service's schema files from the disk.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "migration/directory.h"

namespace innkeeper::exec {

// Every regular file below it, by its name relative to it; hidden ones are left out. Throws exec::error (65): no such
// directory, one that can't be read, a file above 64 MiB.
[[nodiscard]] std::vector<migration::source_file> read_source_files(const std::filesystem::path& directory);

// As messages name it: relative to the current folder where it lies below that.
[[nodiscard]] std::filesystem::path shown_directory(const std::filesystem::path& directory);

// With what is wrong in `problems`. `format` empty: detected.
[[nodiscard]] migration::schema_directory load_schema_directory(const std::filesystem::path& directory,
                                                                const std::string& format);

}  // namespace innkeeper::exec
