#pragma once
// What nearly every command begins with: the estate it means, and which services and servers of it.
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/failure.h"
#include "core/estate.h"

namespace innkeeper::cli {

struct opened_estate {
  estate all;
  std::filesystem::path file;
  std::set<std::string> services;                  // of --service; empty: all
  std::vector<const server_declaration*> servers;  // that the services need; borrowed from `all`
  std::string note;                                // how the manifest was found, where that is worth a line
  diagnostics warnings;                            // of the manifest

  opened_estate() = default;
  opened_estate(const opened_estate&) = delete;
  opened_estate& operator=(const opened_estate&) = delete;
  opened_estate(opened_estate&&) = default;  // a moved vector keeps its elements where they are
  opened_estate& operator=(opened_estate&&) = default;

  [[nodiscard]] bool is_meant(const std::string& service) const {
    return services.empty() || services.contains(service);
  }
};

// Says nothing. Throws refused (65, all problems at once; 64 for an unknown --service).
[[nodiscard]] opened_estate find_estate(const arguments& given);
// The same, and shows note and warnings.
[[nodiscard]] opened_estate open_estate(const arguments& given, console& out);

// Throws refused (64) with a "did you mean".
[[nodiscard]] const service_declaration& named_service(const estate& all, const std::string& name);
[[nodiscard]] const server_declaration& named_server(const estate& all, const std::string& name);

// Runs `work` for each server; what one of them throws is returned, and the others go on.
[[nodiscard]] std::vector<failure_report> for_each_server(
    const opened_estate& opened, const std::function<void(const server_declaration& server)>& work);

}  // namespace innkeeper::cli
