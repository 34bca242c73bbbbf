#include "exec/manifest_loader.h"

#include <fmt/format.h>
#include <glob.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "core/display.h"
#include "core/yaml_tree.h"
#include "exec/error.h"
#include "migration/directory.h"

namespace innkeeper::exec {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view manifest_name = "innkeeper.yaml";

struct found_manifest {
  fs::path file;
  manifest_origin origin = manifest_origin::asked;
};

// Short where it can be: as seen from where the user stands, unless that leads upwards.
std::string shown_name(const fs::path& file, const fs::path& here) {
  const fs::path relative = file.lexically_relative(here);
  return relative.empty() || *relative.begin() == ".." ? file.string() : relative.string();
}

// One byte more than the parser takes is enough for it to say "too large", whatever the file's size.
std::optional<std::string> read_file(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  if (!stream || fs::is_directory(file)) return std::nullopt;
  std::string text(yaml::max_bytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad()) return std::nullopt;
  return text;
}

std::string canonical_name(const fs::path& file) {
  std::error_code ignored;
  const fs::path canonical = fs::weakly_canonical(file, ignored);
  return ignored ? file.string() : canonical.string();
}

manifest_source make_source(const fs::path& file, const fs::path& here, std::string text) {
  return {shown_name(file, here), file.parent_path(), std::move(text), canonical_name(file)};
}

fs::path absolute_from(const fs::path& here, const fs::path& path) {
  return (here / path).lexically_normal();
}

std::optional<fs::path> state_file(const environment_lookup& values) {
  if (const auto state = values("XDG_STATE_HOME"); state && state->starts_with('/')) {
    return fs::path{*state} / "innkeeper" / "last-manifest";
  }
  if (const auto home = values("HOME"); home && home->starts_with('/')) {
    return fs::path{*home} / ".local" / "state" / "innkeeper" / "last-manifest";
  }
  return std::nullopt;
}

std::optional<fs::path> remembered_manifest(const environment_lookup& values) {
  const auto file = state_file(values);
  std::string line;
  if (!file) return std::nullopt;
  std::ifstream stream{*file};
  if (!std::getline(stream, line) || !line.starts_with('/')) return std::nullopt;
  std::error_code ignored;
  return fs::exists(line, ignored) ? std::optional<fs::path>{line} : std::nullopt;
}

std::optional<fs::path> find_upwards(fs::path directory) {
  std::error_code ignored;
  while (true) {
    if (fs::is_regular_file(directory / manifest_name, ignored)) return directory / manifest_name;
    if (directory == directory.root_path() || directory.empty()) return std::nullopt;
    directory = directory.parent_path();
  }
}

fs::path resolve_asked(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return path / manifest_name;
  return path;
}

found_manifest find_manifest(const std::optional<fs::path>& asked, const environment_lookup& values,
                             const fs::path& here) {
  if (asked) return {resolve_asked(absolute_from(here, *asked)), manifest_origin::asked};
  if (const auto named = values("INNKEEPER_MANIFEST"); named && !named->empty()) {
    return {resolve_asked(absolute_from(here, *named)), manifest_origin::environment};
  }
  if (auto above = find_upwards(here)) return {std::move(*above), manifest_origin::here_or_above};
  if (auto last = remembered_manifest(values)) return {std::move(*last), manifest_origin::last_brought_up};
  throw error{exit_code::usage, "no manifest found",
              fmt::format("there is no {} in {} or a folder above it", manifest_name, here.string()),
              "Name it with --manifest FILE, or set INNKEEPER_MANIFEST."};
}

std::string read_manifest(const fs::path& file) {
  if (auto text = read_file(file)) return std::move(*text);
  std::error_code ignored;
  throw error{
      exit_code::invalid,
      fmt::format("could not read manifest {}", quoted_for_display(file.string())),
      fs::exists(file, ignored) ? "it is there, but this user may not read it, or it is no file" : "it does not exist",
      {}};
}

std::string escape_for_glob(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (std::string_view{"*?[]\\{}~"}.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::vector<fs::path> match_files(std::string_view pattern, const fs::path& directory) {
  const std::string full = pattern.starts_with('/') ? std::string{pattern}
                                                    : escape_for_glob(directory.string()) + "/" + std::string{pattern};
  glob_t found{};
  const std::unique_ptr<glob_t, decltype(&globfree)> owner{&found, globfree};
  std::vector<fs::path> files;
  if (glob(full.c_str(), GLOB_NOSORT, nullptr, &found) != 0) return files;
  std::error_code ignored;
  for (std::size_t i = 0; i < found.gl_pathc; ++i) {
    fs::path file = fs::path{found.gl_pathv[i]}.lexically_normal();
    if (!fs::is_directory(file, ignored)) files.push_back(std::move(file));
  }
  std::ranges::sort(files, {}, [](const fs::path& file) { return file.string(); });
  return files;
}

// The file `extensions` beside a service's schema asks for them as the manifest does; where both name one, the manifest
// decides.
void add_extensions_of_files(service_declaration& service, const fs::path& here, diagnostics& problems) {
  if (service.schema_files.empty()) return;
  const fs::path file = service.schema_files / "extensions";
  const auto text = read_file(file);
  if (!text) return;
  const auto shown = fs::path{shown_name(file, here)}.parent_path().string();
  auto read = migration::read_schema_directory({{"extensions", *text}}, migration::layout::innkeeper, shown);
  problems.insert(problems.end(), read.problems.begin(), read.problems.end());
  for (auto& line : read.extensions) {
    const extension_name name{line.name};
    if (std::ranges::find(service.extensions, name, &extension_request::name) != service.extensions.end()) continue;
    service.extensions.push_back({.name = name, .version = std::move(line.version), .where = std::move(line.where)});
  }
}

}  // namespace

included_sources find_included(std::string_view pattern, const fs::path& directory, const fs::path& here) {
  included_sources result;
  const bool has_wildcard = pattern.find_first_of("*?[") != std::string_view::npos;
  std::vector<fs::path> files = has_wildcard ? match_files(pattern, directory)
                                             : std::vector<fs::path>{absolute_from(directory, fs::path{pattern})};
  for (const auto& file : files) {
    auto text = read_file(file);
    if (!text) {
      std::error_code ignored;
      result.problem = fmt::format("file {} {}", quoted_for_display(shown_name(file, here)),
                                   fs::exists(file, ignored) ? "cannot be read" : "does not exist");
      return result;
    }
    result.sources.push_back(make_source(file, here, std::move(*text)));
  }
  return result;
}

loaded_manifest load_manifest(const std::optional<fs::path>& asked, const environment_lookup& values,
                              const fs::path& here) {
  found_manifest found = find_manifest(asked, values, here);
  const manifest_source root = make_source(found.file, here, read_manifest(found.file));
  const include_resolver includes = [&](std::string_view pattern, const fs::path& directory) {
    return find_included(pattern, directory, here);
  };
  manifest_result parsed = parse_manifest(root, includes, values);
  for (auto& service : parsed.value.services) add_extensions_of_files(service, here, parsed.problems);
  return {std::move(parsed.value), std::move(parsed.problems), std::move(found.file), found.origin};
}

void remember_manifest(const fs::path& file, const environment_lookup& values) {
  const auto target = state_file(values);
  if (!target) return;
  const fs::path fresh = target->string() + fmt::format(".{}", getpid());
  std::error_code failed;
  fs::create_directories(target->parent_path(), failed);
  std::ofstream stream{fresh, std::ios::trunc};
  stream << fs::absolute(file).lexically_normal().string() << '\n';
  stream.close();
  if (stream.fail()) return fs::remove(fresh, failed), void();
  fs::rename(fresh, *target, failed);
}

}  // namespace innkeeper::exec
