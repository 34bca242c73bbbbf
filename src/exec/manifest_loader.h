#pragma once
// Finds a manifest, reads it and what it includes. What is wrong inside is in `problems`; a manifest that cannot be
// found or read throws exec::error.
#include <filesystem>
#include <optional>

#include "core/manifest_parser.h"
#include "exec/environment.h"

namespace innkeeper::exec {

// How the manifest was found; what nobody asked for by name is worth naming on stderr.
enum class manifest_origin { asked, environment, here_or_above, last_brought_up };

struct loaded_manifest {
  estate value;
  diagnostics problems;
  std::filesystem::path file;  // absolute
  manifest_origin origin = manifest_origin::asked;
};

// `asked` (a file, or a directory with an innkeeper.yaml), else $INNKEEPER_MANIFEST, else innkeeper.yaml in `here` or a
// folder above, else the one that remember_manifest() was last told.
[[nodiscard]] loaded_manifest load_manifest(const std::optional<std::filesystem::path>& asked,
                                            const environment_lookup& values = process_environment(),
                                            const std::filesystem::path& here = std::filesystem::current_path());

// `up` calls it: this user's later commands then find the estate from anywhere. Kept below $XDG_STATE_HOME, else
// ~/.local/state; where neither is known, nothing is remembered.
void remember_manifest(const std::filesystem::path& file, const environment_lookup& values = process_environment());

// What include: names, sorted. Exposed for tests.
[[nodiscard]] included_sources find_included(std::string_view pattern, const std::filesystem::path& directory,
                                             const std::filesystem::path& here);

}  // namespace innkeeper::exec
