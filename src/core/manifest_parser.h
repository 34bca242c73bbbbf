#pragma once
// Manifest text -> estate, with everything that is wrong in it, all at once. Pure: files and the environment are passed
// in (exec/manifest_loader.h passes the real ones).
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "core/estate.h"
#include "core/manifest_environment.h"

namespace innkeeper {

struct manifest_source {
  std::string file;                 // as shown in messages
  std::filesystem::path directory;  // absolute; relative paths in the text begin here
  std::string text;
  std::string identity = {};  // the same for two names of one file; empty: `file` is it
};

struct included_sources {
  std::vector<manifest_source> sources;
  std::string problem;  // why there are none; empty: it is right so
};

// Finds the files that an `include:` names, in order, seen from the including file's directory.
using include_resolver =
    std::function<included_sources(std::string_view pattern, const std::filesystem::path& directory)>;

struct manifest_result {
  estate value;  // best effort; to be used only if !has_errors(problems)
  diagnostics problems;
};

[[nodiscard]] manifest_result parse_manifest(const manifest_source& root, const include_resolver& includes,
                                             const environment_lookup& values);

}  // namespace innkeeper
