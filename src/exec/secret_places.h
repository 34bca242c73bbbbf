#pragma once
// The places that are files. A place that lies in a directory of a symbolic link is the link's target.
#include <filesystem>
#include <memory>

#include "exec/secret_place.h"

namespace innkeeper::exec {

// core/env_file.h, 0600, replaced whole; it keeps the Unix owner that it had. Several services may share one. `shown`
// is how people know it: relative to the manifest.
[[nodiscard]] std::unique_ptr<secret_place> env_file_place(std::filesystem::path file, std::string shown);

// One file for each key, 0600, each replaced whole; whose they are stands in the file .innkeeper among them. A run that
// is cut off between two files is completed by the next write.
[[nodiscard]] std::unique_ptr<secret_place> directory_place(std::filesystem::path directory, std::string shown);

}  // namespace innkeeper::exec
