#include "exec/manifest_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include "exec/error.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

environment_lookup variables(std::map<std::string, std::string> set = {}) {
  return [set = std::move(set)](std::string_view name) -> std::optional<std::string> {
    const auto found = set.find(std::string{name});
    return found == set.end() ? std::nullopt : std::optional{found->second};
  };
}

std::vector<std::string> texts(const diagnostics& problems) {
  std::vector<std::string> all;
  for (const auto& one : problems) all.push_back(to_string(one));
  return all;
}

std::vector<std::string> names(const estate& all) {
  std::vector<std::string> found;
  for (const auto& one : all.services) found.push_back(one.name);
  return found;
}

class manifest_loader : public testing::Test {
 protected:
  manifest_loader() {
    std::string pattern = "/tmp/innkeeper-manifest-XXXXXX";
    root_ = fs::canonical(mkdtemp(pattern.data()));
  }
  ~manifest_loader() override { fs::remove_all(root_); }

  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream{root_ / file} << text;
  }

  fs::path root_;
};

TEST_F(manifest_loader, every_example_loads_without_a_problem) {
  std::vector<std::string> loaded;
  for (const auto& entry : fs::directory_iterator{fs::path{INNKEEPER_SOURCE_DIR} / "examples"}) {
    if (!fs::exists(entry.path() / "innkeeper.yaml")) continue;
    const auto one = load_manifest(entry.path(), variables(), root_);
    EXPECT_THAT(texts(one.problems), IsEmpty()) << entry.path();
    EXPECT_FALSE(one.value.services.empty()) << entry.path();
    loaded.push_back(one.value.name);
  }
  EXPECT_THAT(loaded, testing::IsSupersetOf({"ai-loadbalancer", "cafe-erp", "flow-backend", "flow-backend-isolated",
                                             "online-boutique", "appointments"}));
}

TEST_F(manifest_loader, a_file_or_its_directory_may_be_asked_for) {
  write("one/innkeeper.yaml", "estate: one\n");
  write("two.yaml", "estate: two\n");
  EXPECT_EQ(load_manifest("one", variables(), root_).value.name, "one");
  EXPECT_EQ(load_manifest("one/innkeeper.yaml", variables(), root_).value.name, "one");
  EXPECT_EQ(load_manifest("two.yaml", variables(), root_).value.name, "two");
  EXPECT_EQ(load_manifest("two.yaml", variables(), root_).file, root_ / "two.yaml");
}

TEST_F(manifest_loader, the_environment_comes_before_the_folders_and_these_before_the_last_one) {
  write("above/innkeeper.yaml", "estate: above\n");
  write("named.yaml", "estate: named\n");
  write("last/innkeeper.yaml", "estate: last\n");
  fs::create_directories(root_ / "above/deep/er");
  fs::create_directories(root_ / "elsewhere");
  const auto home = variables({{"HOME", (root_ / "home").string()}});
  remember_manifest(root_ / "last/innkeeper.yaml", home);

  const auto named = variables({{"INNKEEPER_MANIFEST", (root_ / "named.yaml").string()}});
  EXPECT_EQ(load_manifest({}, named, root_ / "above/deep/er").value.name, "named");
  EXPECT_EQ(load_manifest({}, home, root_ / "above/deep/er").value.name, "above");
  const auto last = load_manifest({}, home, root_ / "elsewhere");
  EXPECT_EQ(last.value.name, "last");
  EXPECT_EQ(last.origin, manifest_origin::last_brought_up);
}

TEST_F(manifest_loader, without_any_manifest_the_error_says_how_to_name_one) {
  try {
    (void)load_manifest({}, variables(), root_);
    FAIL() << "it was found";
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), exit_code::usage);
    EXPECT_STREQ(failed.what(), "no manifest found");
    EXPECT_NE(failed.hint().find("--manifest"), std::string::npos);
  }
}

TEST_F(manifest_loader, a_manifest_that_is_not_there_is_an_error) {
  try {
    (void)load_manifest("nowhere.yaml", variables(), root_);
    FAIL() << "it was found";
  } catch (const error& failed) {
    EXPECT_EQ(failed.code(), exit_code::invalid);
    EXPECT_EQ(failed.detail(), "it does not exist");
  }
}

TEST_F(manifest_loader, includes_are_sorted_and_follow_the_file_that_names_them) {
  write("innkeeper.yaml", "estate: e\ninclude: [services/*.yaml]\nservices: {root: {}}\n");
  write("services/b.yaml", "services: {b: {schema_files: schema}}\n");
  write("services/a.yaml", "include: more/*.yaml\nservices: {a: {}}\n");
  write("services/more/c.yaml", "services: {c: {}}\n");
  const auto loaded = load_manifest("innkeeper.yaml", variables(), root_);
  EXPECT_THAT(texts(loaded.problems), IsEmpty());
  EXPECT_THAT(names(loaded.value), ElementsAre("root", "a", "c", "b"));
  EXPECT_EQ(loaded.value.services.back().schema_files, root_ / "services/schema");
}

TEST_F(manifest_loader, a_wildcard_may_match_nothing_and_a_name_may_not) {
  write("innkeeper.yaml", "estate: e\ninclude: [none/*.yaml, missing.yaml]\n");
  EXPECT_THAT(texts(load_manifest("innkeeper.yaml", variables(), root_).problems),
              ElementsAre("innkeeper.yaml:2:24: error: file \"missing.yaml\" does not exist\n"
                          "    2 | include: [none/*.yaml, missing.yaml]\n"
                          "      |                        ^\n"
                          "  hint: Paths in include: begin at the folder of the file that holds it.\n"));
}

TEST_F(manifest_loader, a_file_that_includes_itself_by_another_name_is_found_out) {
  write("innkeeper.yaml", "estate: e\ninclude: [a.yaml]\n");
  write("a.yaml", "include: [b.yaml]\n");
  fs::create_symlink(root_ / "a.yaml", root_ / "b.yaml");
  const auto loaded = load_manifest("innkeeper.yaml", variables(), root_);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems[0].message, "file \"b.yaml\" includes itself");
  EXPECT_EQ(loaded.problems[0].where.file, "a.yaml");
}

TEST_F(manifest_loader, folders_with_wildcards_in_their_names_are_taken_literally) {
  write("we[ird]*/innkeeper.yaml", "estate: e\ninclude: s/*.yaml\n");
  write("we[ird]*/s/a.yaml", "services: {a: {}}\n");
  EXPECT_THAT(names(load_manifest("we[ird]*", variables(), root_).value), ElementsAre("a"));
}

TEST_F(manifest_loader, an_endless_file_is_too_large_and_no_more) {
  const auto loaded = load_manifest("/dev/zero", variables(), root_);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems[0].message, "larger than 4 MiB");
}

TEST_F(manifest_loader, paths_begin_at_the_folder_of_their_file) {
  write("estate/innkeeper.yaml",
        "estate: e\nservers: {main: {admin: {password: [file: ../pw]}}}\ndefaults: {secrets: {directory: keys}}\n");
  const auto loaded = load_manifest("estate", variables(), root_);
  EXPECT_THAT(texts(loaded.problems), IsEmpty());
  EXPECT_EQ(loaded.value.directory, root_ / "estate");
  EXPECT_EQ(loaded.value.secrets_directory, root_ / "estate/keys");
  EXPECT_EQ(loaded.value.servers[0].embedded.data, root_ / "estate/.innkeeper/main");
  EXPECT_EQ(loaded.value.servers[0].admin.passwords[0].name, root_ / "pw");
}

}  // namespace
}  // namespace innkeeper::exec
