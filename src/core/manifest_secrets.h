#pragma once
// secrets: of a checked tree -> places and what stands there; and what no single entry can tell: two hands on one key,
// brokers that nobody declares, a password that nobody makes.
#include <filesystem>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/manifest_problems.h"
#include "core/yaml_tree.h"

namespace innkeeper {

struct sinks_source {
  std::string file;
  std::filesystem::path directory;  // that paths begin at
  std::filesystem::path estate;     // the manifest's own, for people
};

// `list` may be null. `by_default`: who manages a place that doesn't say it.
[[nodiscard]] std::vector<secret_sink> read_secret_sinks(const yaml::node* list, secret_manager by_default,
                                                         const sinks_source& source, manifest_problems& problems);

void check_secret_sinks(const estate& all, manifest_problems& problems);

}  // namespace innkeeper
