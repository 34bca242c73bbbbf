#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/migrate_options.h"
#include "embedded/help_pages.h"
#include "exec/error.h"
#include "exec/schema_files.h"
#include "migration/new_file.h"

namespace innkeeper::cli {
namespace {

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[16];
  (void)std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts);
  return text;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  if (std::filesystem::exists(file, ignored)) {
    throw refused{exit_code::failed, fmt::format("{} is there already", file.string())};
  }
  std::ofstream stream{file, std::ios::binary};
  stream << text;
  stream.close();
  if (!stream) throw refused{exit_code::failed, fmt::format("could not write {}", file.string())};
}

exit_code run(const arguments& given, console& out) {
  if (given.positional().empty()) throw refused{exit_code::usage, "what does it do?", "Name it: migrate new add_menu."};
  std::filesystem::path directory = given.value("--files");
  std::string format = given.value("--format");
  if (directory.empty()) {
    arguments estate_only = given;
    estate_only.set_positional("");
    const auto opened = open_estate(estate_only, out);
    const auto& service = only_service(opened);
    directory = service.schema_files;
    format = service.migrations.format;
  }
  const auto files = exec::load_schema_directory(directory, format);
  if (files.format == migration::layout::sqitch) {
    throw refused{exit_code::usage, "sqitch writes its plan itself", "Run: sqitch add NAME."};
  }
  json made = json::array();
  for (const auto& one : migration::new_files(files, given.positional(), utc_now())) {
    const auto file = directory / one.name;
    write_file(file, one.text);
    out.print(file.string() + "\n");
    made.push_back(file.string());
  }
  out.print_json({{"files", made}});
  return exit_code::ok;
}

}  // namespace

command migrate_new_command() {
  return {.name = "migrate new",
          .summary = "write the empty file of a next version, in the layout that the directory has",
          .page = help_pages::migrate_new_md,
          .word = {.placeholder = "NAME", .is_required = true},
          .options = {{"--files", "", option_kind::value, "DIRECTORY", "without a manifest: the schema files"},
                      {"--format", "", option_kind::value, "LAYOUT", "whose layout they have; else detected"}},
          .run = run};
}

}  // namespace innkeeper::cli
