// What the example estates put into their services' places, in the shapes that their documents show. ACCEPT=1 writes
// tests/golden/secrets/ESTATE.txt anew, and fails.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/manifest_parser.h"
#include "core/secret_content.h"
#include "core/secret_presets.h"
#include "tests/cli/golden.h"

namespace innkeeper {
namespace {

namespace fs = std::filesystem;

std::string file_text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file, std::ios::binary}.rdbuf();
  return text.str();
}

estate example(const std::string& name) {
  const fs::path directory = fs::path{INNKEEPER_SOURCE_DIR} / "examples" / name;
  const auto source = [&](const fs::path& file) {
    return manifest_source{file.lexically_relative(directory).string(), file.parent_path(), file_text(file)};
  };
  const include_resolver includes = [&](std::string_view, const fs::path&) {
    included_sources found;
    for (const auto& entry : fs::recursive_directory_iterator{directory / "services"}) {
      if (entry.path().filename() == "innkeeper.yaml") found.sources.push_back(source(entry.path()));
    }
    return found;
  };
  auto parsed = parse_manifest(source(directory / "innkeeper.yaml"), includes,
                               [](std::string_view) -> std::optional<std::string> { return std::nullopt; });
  EXPECT_FALSE(has_errors(parsed.problems)) << name;
  return std::move(parsed.value);
}

struct shown_estate {
  std::string name;
  endpoint server;  // where the document has it
  std::string sslmode;
};

secret_facts facts_of(const shown_estate& of, const estate& all, const service_declaration& service) {
  secret_facts facts{.target = {.endpoints = {of.server},
                                .user = service.user.value,
                                .database = service.database.value,
                                .password = secret{"PASSWORD"}},
                     .schema = service.schema.value};
  if (!of.sslmode.empty()) facts.target.parameters["sslmode"] = of.sslmode;
  if (all.redis) {
    facts.redis = redis_facts{
        .address = all.redis->address, .password = secret{"REDIS_PASSWORD"}, .db = service.redis_db.value_or(0)};
  }
  return facts;
}

std::string contents_of(const shown_estate& of) {
  const auto all = example(of.name);
  std::string text;
  for (const auto& service : all.services) {
    for (const auto& sink : service.secrets) {
      const auto content = content_of(sink, facts_of(of, all, service));
      text += fmt::format("{}: {}\n", service.name, name_of(sink));
      for (const auto& one : content.problems) text += fmt::format("  ! {}: {}\n", one.key, one.text);
      for (const auto& [key, value] : content.values) text += fmt::format("  {}={}\n", key, value.expose());
    }
  }
  return text;
}

TEST(secrets_of_examples, have_the_shapes_that_their_documents_show) {
  for (const auto& one : std::vector<shown_estate>{{"cafe-erp", {"postgresql.infra.svc.cluster.local", 5432}, ""},
                                                   {"appointments", {"shared-postgresql-service", 5432}, ""},
                                                   {"online-boutique", {"postgres", 5432}, "disable"},
                                                   {"flow-backend", {"postgres", 5432}, ""},
                                                   {"flow-backend-isolated", {"postgres", 5432}, ""}}) {
    test::expect_golden("secrets/" + one.name + ".txt", contents_of(one));
  }
}

TEST(secrets_page, names_every_part_and_every_preset_with_its_keys) {
  const auto page = file_text(fs::path{INNKEEPER_SOURCE_DIR} / "docs" / "secrets.md");
  for (const auto& one : all_secret_parts()) {
    const auto row = fmt::format("\n| `{}` | {} |\n", one.name, one.purpose);
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
  for (const auto& one : all_secret_presets()) {
    std::string keys;
    for (const auto& key : one.keys)
      keys += fmt::format("{}`{}`{}", keys.empty() ? "" : ", ", key.name, key.is_optional ? "°" : "");
    const auto row = fmt::format("\n| `{}` | {} | {} |\n", one.name, one.purpose, keys);
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace innkeeper
