#include "exec/password_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "exec/error.h"
#include "exec/random.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
constexpr auto environment_variable = password_source_kind::environment;
constexpr auto kubernetes = password_source_kind::kubernetes;

class password_sources : public testing::Test {
 protected:
  password_sources() { fs::create_directory(directory_); }
  ~password_sources() override { fs::remove_all(directory_); }

  std::string file(std::string_view name, std::string_view content) {
    std::ofstream{directory_ / name} << content;
    return (directory_ / name).string();
  }
  std::string missing_file() { return (directory_ / "missing").string(); }

  environment_lookup environment() {
    return [this](std::string_view name) -> std::optional<std::string> {
      const auto found = variables_.find(std::string{name});
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
  }

  std::map<std::string, std::string> variables_;

 private:
  fs::path directory_ = fs::temp_directory_path() / ("innkeeper-" + random_name());
};

TEST_F(password_sources, first_that_is_there_wins_and_says_where_it_was) {
  variables_ = {{"EMPTY", ""}, {"SET", "from env"}};
  const auto path = file("admin", "from file\n");
  const auto search = search_password({{environment_variable, "UNSET"},
                                       {environment_variable, "EMPTY"},
                                       {kubernetes, "infra/postgresql/key"},
                                       {password_source_kind::file, missing_file()},
                                       {password_source_kind::file, path},
                                       {environment_variable, "SET"}},
                                      environment());
  ASSERT_TRUE(search.found);
  EXPECT_EQ(search.found->value, secret{"from file"});
  EXPECT_EQ(search.found->from, "file " + path);
  EXPECT_THAT(search.tried, testing::ElementsAre("environment UNSET is not set", "environment EMPTY is empty",
                                                 "kubernetes infra/postgresql/key: this program doesn't ask Kubernetes",
                                                 "file " + missing_file() + " does not exist"));
}

TEST_F(password_sources, none_at_all_lists_every_place) {
  try {
    (void)find_password({{environment_variable, "A"}, {environment_variable, "B"}}, "the admin \"admin_user\"",
                        environment());
    FAIL() << "found one";
  } catch (const error& failure) {
    EXPECT_EQ(failure.code(), exit_code::invalid);
    EXPECT_STREQ(failure.what(), "no password for the admin \"admin_user\"");
    EXPECT_EQ(failure.detail(), "environment A is not set; environment B is not set");
  }
}

TEST_F(password_sources, a_file_that_is_there_without_a_password_is_an_error_and_not_a_missing_one) {
  variables_ = {{"SET", "stand-in"}};
  for (const auto& path :
       {file("empty", ""), file("newline", "\n"), file("two", "a\nb\n"), file("zero", std::string{"a\0b", 3}),
        file("huge", std::string(100'000, 'x')), fs::temp_directory_path().string(), file("plain", "x") + "/below"}) {
    try {
      (void)search_password({{password_source_kind::file, path, {"cafe.yaml", 3, 7}}, {environment_variable, "SET"}},
                            environment());
      ADD_FAILURE() << path;
    } catch (const error& failure) {
      EXPECT_EQ(failure.code(), exit_code::invalid);
      EXPECT_EQ(failure.what(), "cafe.yaml:3:7: password file \"" + path + "\" has no password");
    }
  }
}

TEST_F(password_sources, only_the_line_end_of_a_file_is_cut) {
  for (const auto& [content, password] : std::map<std::string, std::string>{
           {"a", "a"}, {"a\n", "a"}, {"a\r\n", "a"}, {" a b \n", " a b "}, {"it's;\\", "it's;\\"}}) {
    EXPECT_EQ(search_password({{password_source_kind::file, file("f", content)}}, environment()).found->value,
              secret{password});
  }
}

}  // namespace
}  // namespace innkeeper::exec
