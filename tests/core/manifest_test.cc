#include "core/manifest_parser.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

#include "core/manifest_scalars.h"
#include "core/yaml_tree.h"

namespace innkeeper {
namespace {

using testing::IsEmpty;
using namespace std::chrono_literals;

included_sources no_includes(std::string_view, const std::filesystem::path&) {
  return {};
}

std::optional<std::string> no_variables(std::string_view) {
  return std::nullopt;
}

manifest_result parse(const std::string& text) {
  return parse_manifest({"m.yaml", "/estate", text}, no_includes, no_variables);
}

std::string all_texts(const diagnostics& problems) {
  std::string text;
  for (const auto& one : problems) text += to_string(one);
  return text;
}

struct expansion_case {
  std::string_view written, wanted;
};

TEST(manifest_environment, variables_and_defaults_are_put_in_as_a_shell_does) {
  const environment_lookup values = [](std::string_view name) -> std::optional<std::string> {
    if (name == "A") return "a";
    if (name == "EMPTY") return "";
    if (name == "DOLLAR") return "${A}";
    return std::nullopt;
  };
  const expansion_case cases[] = {
      {"plain", "plain"}, {"${A}", "a"},        {"x${A}y${A}z", "xayaz"}, {"${B:-b}", "b"},    {"${B:-}", ""},
      {"${EMPTY}", ""},   {"${EMPTY:-e}", "e"}, {"${B:-:-}", ":-"},       {"$${A}", "${A}"},   {"$A", "$A"},
      {"$", "$"},         {"$$", "$$"},         {"${DOLLAR}", "${A}"},    {"100$${", "100${"},
  };
  for (const auto& [written, wanted] : cases) {
    const auto found = expand(written, values);
    EXPECT_EQ(found.text, wanted) << written;
    EXPECT_EQ(found.problem, "") << written;
  }
  for (const std::string_view wrong : {"${", "${}", "${A", "${1}", "${A-b}", "${A:-${A}}", "${ A}", "${B}"}) {
    EXPECT_NE(expand(wrong, values).problem, "") << wrong;
  }
}

TEST(manifest_scalars, durations_have_units) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("2s"), 2s);
  EXPECT_EQ(parse_duration("1.5m"), 90s);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("0"), 0ms);
  for (const auto wrong :
       {"", "5", "s", "-5s", "5 s", "1e3s", "5S", ".5s", "5.s", "99999999999999999999s", "nan", "5ss"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(parse_duration_or_seconds("0.25"), 250ms);
  EXPECT_EQ(parse_duration_or_seconds("1m"), 60s);
}

TEST(manifest_scalars, settings_are_written_in_postgresqls_units) {
  EXPECT_EQ(to_setting(0ms), "0");
  EXPECT_EQ(to_setting(90s), "90s");
  EXPECT_EQ(to_setting(300s), "5min");
  EXPECT_EQ(to_setting(1500ms), "1500ms");
  EXPECT_EQ(to_setting(48h), "2d");
}

TEST(manifest, the_order_of_services_changes_no_name) {
  std::vector<std::string> entries{"  a: {}\n",
                                   "  b-service: {database: shared, user: b}\n",
                                   "  c: {database: shared, prefix: c_, user: both}\n",
                                   "  d: {database: shared, prefix: d_, user: both}\n",
                                   "  e: {database: shared}\n",
                                   "  f: {access: readwrite, readers: [a, e]}\n"};
  std::map<std::string, std::vector<std::string>> first;
  std::mt19937 random{7};
  for (int round = 0; round < 20; ++round) {
    std::string text = "estate: e\nservices:\n";
    for (const auto& entry : entries) text += entry;
    const auto parsed = parse(text);
    ASSERT_EQ(all_texts(parsed.problems), "");
    std::map<std::string, std::vector<std::string>> names;
    for (const auto& one : parsed.value.services) {
      names[one.name] = {one.database.value.value, one.schema.value.value, one.user.value.value, one.server};
    }
    if (round == 0) first = names;
    EXPECT_EQ(names, first);
    std::shuffle(entries.begin(), entries.end(), random);
  }
}

TEST(manifest, no_message_is_longer_than_its_reader_however_long_the_text) {
  const std::string huge(20'000, 'x');
  for (const std::string& text : {"estate: " + huge, huge + ": 1", "estate: a\nservices: {" + huge + ": {}}",
                                  "estate: a\nservices: {a: {access: " + huge + "}}"}) {
    const auto parsed = parse(text);
    EXPECT_TRUE(has_errors(parsed.problems));
    EXPECT_LT(all_texts(parsed.problems).size(), 10'000U);
  }
}

TEST(manifest, so_many_problems_are_cut_off_and_counted) {
  std::string text = "estate: a\n";
  for (int i = 0; i < 1000; ++i) text += fmt::format("k{}: 1\n", i);
  const auto parsed = parse(text);
  ASSERT_EQ(parsed.problems.size(), 201U);
  EXPECT_EQ(parsed.problems.back().message, "800 more problems are not shown");
}

// Each of these makes a naive reader recurse without bound, or takes it quadratic time.
TEST(manifest, hostile_texts_end_soon) {
  const auto repeat = [](std::string_view piece, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += piece;
    return text;
  };
  constexpr std::size_t size = 60'000;
  const std::pair<std::string_view, std::string> texts[] = {
      {"open lists", repeat("[", size)},
      {"open mappings", repeat("{a: ", size)},
      {"nested block lists", repeat("- ", size)},
      {"nested keys", repeat("? ", size)},
      {"one long line of keys", "{" + repeat("é: é, ", size) + "}"},
      {"unknown keys in one line", "{" +
                                       [] {
                                         std::string keys;
                                         for (int i = 0; i < 4'000; ++i) keys += fmt::format("k{}: x, ", i);
                                         return keys;
                                       }() +
                                       "}"},
      {"many services", "estate: a\nservices:\n" +
                            [] {
                              std::string lines;
                              for (int i = 0; i < 1'000; ++i) lines += fmt::format("  s{}: {{readers: [t{}]}}\n", i, i);
                              return lines;
                            }()},
      {"one shared database", "estate: a\nservices:\n" +
                                  [] {
                                    std::string lines;
                                    for (int i = 0; i < 1'000; ++i) lines += fmt::format("  s{}: {{database: d}}\n", i);
                                    return lines;
                                  }()},
      {"quotes", repeat("\"", size)},
      {"comments", repeat("# x\n", size)},
      {"references", "estate: \"" + repeat("${A:-x}", size) + "\""},
      {"anchors", repeat("&a ", size)},
      {"colons", repeat(":", size)},
      {"many documents", repeat("---\n", size)},
      {"directives", repeat("%TAG ! x\n", size)},
      {"block scalar", "estate: |\n" + repeat("  x\n", size)},
      {"indentation", repeat(" ", size) + "a: 1"},
      {"tabs", repeat("\t", size)},
  };
  for (const auto& [name, text] : texts) {
    const auto start = std::chrono::steady_clock::now();
    const auto parsed = parse(text);
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_TRUE(has_errors(parsed.problems)) << name;
    EXPECT_LT(took, 20s) << name;
    if (std::getenv("INNKEEPER_TIMES") != nullptr) fmt::print("{:30} {} ms\n", name, took / 1ms);
  }
}

TEST(yaml_tree, knows_the_place_of_every_key_and_value_in_characters) {
  const source_text source{"é: {ü: x, b: 'y'}\nlist:\n  - z\n"};
  const auto document = yaml::read(source);
  ASSERT_TRUE(document.root);
  const auto& first = document.root->entries[0];
  EXPECT_EQ(first.where, (yaml::place{1, 1}));
  EXPECT_EQ(first.value.entries[0].where, (yaml::place{1, 5}));
  EXPECT_EQ(first.value.entries[0].value.where, (yaml::place{1, 8}));
  EXPECT_EQ(first.value.entries[1].value.where, (yaml::place{1, 14}));
  EXPECT_TRUE(first.value.entries[1].value.quoted);
  EXPECT_EQ(document.root->entries[1].value.items[0].where, (yaml::place{3, 5}));
}

TEST(yaml_tree, finds_the_line_in_which_a_text_ends) {
  const source_text source{
      "a: \"x\\\"\n  y\"\nb: one\n  two\nc: |\n  # not a comment\n  last\nd: 'it''s\n  here'\ne: f\n"};
  const auto document = yaml::read(source);
  ASSERT_TRUE(document.root);
  std::vector<int> ends;
  for (const auto& entry : document.root->entries) ends.push_back(yaml::last_line_of(source, entry.value));
  EXPECT_EQ(ends, (std::vector<int>{2, 4, 7, 9, 10}));
}

TEST(yaml_tree, refuses_what_is_no_utf8) {
  for (const std::string_view bytes :
       {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80", "\xFF\xFE"}) {
    const auto document = yaml::read(source_text{"a: " + std::string{bytes}});
    ASSERT_EQ(document.problems.size(), 1U);
    EXPECT_THAT(document.problems[0].message, testing::EndsWith("is not valid UTF-8"));
  }
}

}  // namespace
}  // namespace innkeeper
