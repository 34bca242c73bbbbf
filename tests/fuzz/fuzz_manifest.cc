// Any bytes are a manifest: parsed to an end, without a crash, and without a diagnostic that cannot be shown.
// Seeds lie in corpus/fuzz_manifest/; each may hold several files, divided by a line "%%%%".
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "core/manifest_parser.h"

namespace {

using namespace innkeeper;

std::vector<std::string> split_files(std::string_view bytes) {
  static constexpr std::string_view divider = "\n%%%%\n";
  std::vector<std::string> files;
  while (true) {
    const std::size_t at = bytes.find(divider);
    files.emplace_back(bytes.substr(0, at));
    if (at == std::string_view::npos) return files;
    bytes.remove_prefix(at + divider.size());
  }
}

// "0", "1" … name the files; anything else includes all of them, over and over.
include_resolver includes_of(const std::vector<std::string>& files) {
  return [&files](std::string_view pattern, const std::filesystem::path& directory) {
    included_sources found;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (pattern.find('*') == std::string_view::npos && pattern != std::to_string(i)) continue;
      found.sources.push_back({std::to_string(i), directory, files[i]});
    }
    if (found.sources.empty()) found.problem = "not there";
    return found;
  };
}

std::optional<std::string> variable(std::string_view name) {
  return name.size() % 2 == 0 ? std::optional<std::string>{"value: ${A} {"} : std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = split_files({reinterpret_cast<const char*>(data), size});
  const manifest_result parsed = parse_manifest({"0", "/estate", files[0]}, includes_of(files), variable);
  for (const auto& one : parsed.problems) {
    if (one.message.empty() || to_string(one).empty()) std::abort();
  }
  // What has no errors can be used: every service has its names, and a server that is there.
  if (has_errors(parsed.problems)) return 0;
  for (const auto& service : parsed.value.services) {
    (void)server_of(parsed.value, service);
    if (service.name.empty() || service.database.value.empty() || service.schema.value.empty() ||
        service.user.value.empty()) {
      std::abort();
    }
  }
  return 0;
}
