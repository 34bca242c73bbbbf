#include "core/manifest_schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "core/manifest_check.h"
#include "core/manifest_keys.h"
#include "core/manifest_scalars.h"
#include "tests/golden/json_schema.h"

namespace innkeeper {
namespace {

namespace fs = std::filesystem;
using test::schema_validator;

std::optional<std::string> any_variable(std::string_view) {
  return "20";
}

const schema_validator& schema() {
  static const schema_validator validator{manifest_json_schema()};
  return validator;
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

struct verdicts {
  bool by_parser = false;
  bool by_schema = false;
  std::string problems;
};

verdicts judge(const std::string& text) {
  const std::string file = "m.yaml";
  manifest_problems problems;
  std::vector<unmanaged_key> unmanaged;
  const source_text& source = problems.add_source(file, text);
  yaml::document document = yaml::read(source);
  if (!document.root) return {.problems = "not YAML: " + text};
  const bool by_schema = schema().accepts(test::to_json(*document.root));
  manifest_checker{file, source, any_variable, problems, unmanaged}.check(*document.root, false);
  verdicts result{!problems.has_any(), by_schema, {}};
  for (const auto& one : problems.take()) result.problems += to_string(one);
  return result;
}

std::string good_scalar(const value_shape& shape) {
  switch (shape.kind) {
    case value_kind::choice:
      return std::string{shape.choices.back()};
    case value_kind::boolean:
      return "true";
    case value_kind::integer:
      return fmt::format("{}", shape.most);
    case value_kind::duration:
      return "90s";
    case value_kind::duration_or_seconds:
      return "1.5";
    case value_kind::duration_or_off:
      return "90s";
    case value_kind::disk_size_or_off:
      return "500MB";
    case value_kind::memory_size:
      return "5Gi";
    case value_kind::cpu_amount:
      return "500m";
    case value_kind::date:
      return "\"2030-12-31\"";
    case value_kind::kubernetes_object:
      return "ns/secret";
    case value_kind::kubernetes_key:
      return "ns/secret/some.key";
    case value_kind::workload:
      return "cafe/deployment/cafe-backend";
    case value_kind::server_url:
      return "\"postgres://db.example:5432/\"";
    case value_kind::broker_url:
      return "\"redis://cache:6379\"";
    case value_kind::web_url:
      return "\"http://broker:15672\"";
    case value_kind::host_and_port:
      return "\"db.example:6432\"";
    case value_kind::name_template:
      return "\"{db}_x\"";
    case value_kind::secret_text:
      return "\"{{ uri }}?a=b\"";
    default:
      return "sample";
  }
}

std::vector<std::string> bad_scalars(const value_shape& shape) {
  std::vector<std::string> bad{"[]", "{}", "~"};
  const auto also = [&](std::initializer_list<const char*> more) { bad.insert(bad.end(), more.begin(), more.end()); };
  switch (shape.kind) {
    case value_kind::choice:
      also({"\"no such choice\"", "\"\"", "5"});
      break;
    case value_kind::boolean:
      also({"yes", "\"true\"", "1", "\"\""});
      break;
    case value_kind::integer:
      also({"1.5", "many", "\"5\""});
      bad.push_back(fmt::format("{}", shape.most + 1));
      bad.push_back(fmt::format("{}", shape.least - 1));
      break;
    case value_kind::duration:
      also({"soon", "5", "5x", "-5s", "\"\""});
      break;
    case value_kind::duration_or_seconds:
      also({"soon", "5x", "-5", "\"\""});
      break;
    case value_kind::duration_or_off:
      also({"soon", "5", "-5s", "\"\""});
      break;
    case value_kind::disk_size_or_off:
      also({"big", "5", "5Gi", "-5GB", "\"\""});
      break;
    case value_kind::memory_size:
      also({"big", "5GiB", "-5", "\"\""});
      break;
    case value_kind::cpu_amount:
      also({"fast", "5k", "-5", "\"\""});
      break;
    case value_kind::date:
      also({"tomorrow", "2030-1-1", "\"\""});
      break;
    case value_kind::kubernetes_object:
      also({"secret", "a/b/c", "A/b", "\"\""});
      break;
    case value_kind::kubernetes_key:
      also({"a/b", "a/b/c/d", "\"\""});
      break;
    case value_kind::workload:
      also({"cafe-backend", "job/cafe", "deployment/", "/deployment/a", "a/b/deployment/c", "\"\""});
      break;
    case value_kind::server_url:
      also({"\"a\\nb\""});
      break;
    case value_kind::broker_url:
      also({"\"http://x\"", "host", "\"\""});
      break;
    case value_kind::web_url:
      also({"\"redis://x\"", "\"\""});
      break;
    case value_kind::host_and_port:
      also({"\"a b\"", "\"a/b\"", "\"\""});
      break;
    case value_kind::name_template:
      also({"\"{nobody}\"", "\"a}\"", "\"\""});
      break;
    case value_kind::secret_text:
      also({"URI", "\"uri x\"", "\"\""});
      break;
    case value_kind::simple_name:
      also({"\"a b\"", "\"1st\"", "é", "\"\""});
      break;
    case value_kind::table_prefix:
      also({"\"a-b\"", "\"\""});
      break;
    case value_kind::environment_name:
      also({"A-B", "\"1A\"", "\"\""});
      break;
    case value_kind::setting_value:
      also({"\"a\\nb\""});
      break;
    default:
      also({"\"\"", "\"a\\tb\""});
      break;
  }
  return bad;
}

std::string entry_name(value_kind kind) {
  return kind == value_kind::role ? "\"any role\"" : "sample";
}

// Walks every key of every table; `wrap` puts a value at the place that was reached into a whole manifest.
class key_walk {
 public:
  using wrapper = std::function<std::string(const std::string&)>;

  void walk(const key_table& table, const wrapper& wrap) {
    if (!walked_.insert(&table).second) return;
    for (const auto& key : table.keys) {
      const wrapper inside = [&](const std::string& value) { return wrap(with_needed_keys(table, key, value)); };
      walk(*key.shape, inside);
    }
    expect_refused(wrap(with_needed_keys(table, {.name = "no_such_key"}, "1")));
  }

  void walk(const value_shape& shape, const wrapper& wrap) {
    expect_agreed(wrap("~"));
    expect_agreed(wrap("[]"));
    expect_agreed(wrap("{}"));
    expect_agreed(wrap("[{}]"));
    switch (shape.kind) {
      case value_kind::record:
        if (shape.short_form != nullptr) walk(*shape.short_form, wrap);
        return walk(*shape.keys, wrap);
      case value_kind::dictionary:
        return walk(*shape.item, [&](const std::string& v) {
          return wrap(fmt::format("{{{}: {}}}", entry_name(shape.entry_name), v));
        });
      case value_kind::list:
        if (shape.may_be_single) expect_accepted(wrap(minimal(*shape.item)));
        return walk(*shape.item, [&](const std::string& v) { return wrap(fmt::format("[{}]", v)); });
      default:
        break;
    }
    expect_accepted(wrap(good_scalar(shape)));
    if (shape.kind == value_kind::integer || shape.kind == value_kind::setting_value)
      expect_accepted(wrap("\"${SEVEN}\""));
    for (const auto& bad : bad_scalars(shape)) expect_agreed(wrap(bad));
  }

  [[nodiscard]] int accepted() const { return accepted_; }
  [[nodiscard]] int refused() const { return refused_; }

 private:
  static std::string minimal(const value_shape& shape) {
    if (shape.kind != value_kind::record) return good_scalar(shape);
    return with_needed_keys(*shape.keys, shape.keys->keys.front(), good_scalar(*shape.keys->keys.front().shape));
  }

  static std::string with_needed_keys(const key_table& table, const manifest_key& key, const std::string& value) {
    std::string text = fmt::format("{{{}: {}", key.name, value);
    const auto& group = table.exactly_one_of;
    for (const auto& other : table.keys) {
      if (other.name == key.name) continue;
      const bool completes_group = !group.empty() && other.name == group.front() &&
                                   std::find(group.begin(), group.end(), key.name) == group.end();
      if (other.is_required || completes_group) text += fmt::format(", {}: {}", other.name, good_scalar(*other.shape));
    }
    return text + "}";
  }

  void expect_accepted(const std::string& text) {
    const verdicts found = judge(text);
    EXPECT_TRUE(found.by_parser) << text << "\n" << found.problems;
    EXPECT_TRUE(found.by_schema) << text;
    ++accepted_;
  }
  void expect_refused(const std::string& text) {
    const verdicts found = judge(text);
    EXPECT_FALSE(found.by_parser) << text;
    EXPECT_FALSE(found.by_schema) << text;
    ++refused_;
  }
  void expect_agreed(const std::string& text) {
    const verdicts found = judge(text);
    EXPECT_EQ(found.by_parser, found.by_schema) << text << "\n" << found.problems;
    ++(found.by_parser ? accepted_ : refused_);
  }

  std::set<const key_table*> walked_;
  int accepted_ = 0;
  int refused_ = 0;
};

TEST(manifest_schema, agrees_with_the_parser_on_every_key_for_good_values_and_bad_ones) {
  key_walk walk;
  walk.walk(manifest_keys(), [](const std::string& text) { return text; });
  EXPECT_GT(walk.accepted(), 250);
  EXPECT_GT(walk.refused(), 500);
}

TEST(manifest_schema, accepts_every_example) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator{fs::path{INNKEEPER_SOURCE_DIR} / "examples"}) {
    if (entry.path().filename() != "innkeeper.yaml") continue;
    const source_text source{text_of(entry.path())};
    const yaml::document document = yaml::read(source);
    ASSERT_TRUE(document.root) << entry.path();
    auto value = test::to_json(*document.root);
    if (entry.path().parent_path().parent_path().filename() != "examples") value["estate"] = "included";
    EXPECT_TRUE(schema().accepts(value)) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 6);
}

TEST(manifest_schema, names_each_table_once) {
  const auto parsed = nlohmann::json::parse(manifest_json_schema());
  EXPECT_EQ(parsed["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_TRUE(parsed["$defs"].contains("service"));
  EXPECT_EQ(parsed["$defs"]["service"]["properties"]["access"]["anyOf"][0]["enum"],
            nlohmann::json({"owner", "readwrite"}));
}

// docs/manifest.md carries the tables between two marks; ACCEPT=1 writes them anew.
TEST(manifest_schema, reference_page_shows_the_tables_as_they_are) {
  const fs::path file = fs::path{INNKEEPER_SOURCE_DIR} / "docs" / "manifest.md";
  const std::string begin = "<!-- keys: begin, made from the tables by ACCEPT=1 test_golden -->\n";
  const std::string end = "<!-- keys: end -->\n";
  const std::string page = text_of(file);
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::string wanted = page.substr(0, from) + begin + manifest_reference() + page.substr(to);
  if (page == wanted) return;
  if (std::getenv("ACCEPT") != nullptr) std::ofstream{file} << wanted;
  FAIL() << "docs/manifest.md is not what the tables say; ACCEPT=1 rewrites it";
}

}  // namespace
}  // namespace innkeeper
