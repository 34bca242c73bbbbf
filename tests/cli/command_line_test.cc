#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace innkeeper::cli {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

exit_code do_nothing(const arguments&, console&) {
  return exit_code::ok;
}

const std::vector<command>& table() {
  static const std::vector<command> all{
      {.name = "plan",
       .word = {.placeholder = "ESTATE"},
       .options = {{"--check", "", option_kind::flag, "", ""}, {"--jobs", "-j", option_kind::value, "N", ""}},
       .run = do_nothing},
      {.name = "apply",
       .word = {.placeholder = "ESTATE"},
       .options = {{"--reset-password", "", option_kind::maybe, "ROLE…", ""}},
       .run = do_nothing},
      {.name = "secret list", .run = do_nothing},
      {.name = "secret show", .word = {.placeholder = "SERVICE", .is_required = true}, .run = do_nothing},
      {.name = "psql", .word = {.placeholder = "SERVICE"}, .takes_rest = true, .has_json = false, .run = do_nothing},
      {.name = "help",
       .word = {.placeholder = "COMMAND", .takes_several = true},
       .has_json = false,
       .run = do_nothing}};
  return all;
}

command_line parse(const std::vector<std::string>& words) {
  return parse_command_line(table(), words);
}

struct refusal {
  std::vector<std::string> words;
  std::string message;
  std::string hint;
};

TEST(command_line, what_is_wrong_is_said_with_what_was_meant) {
  const std::vector<refusal> cases{
      {{"plam"}, R"(there is no command "plam")", R"(Did you mean "innkeeper plan"?)"},
      {{"frobnicate"}, R"(there is no command "frobnicate")", R"(Run "innkeeper help" to see all commands.)"},
      {{"secret"},
       R"("secret" is not a whole command)",
       R"(Use one of "innkeeper secret list", "innkeeper secret show".)"},
      {{"secert", "list"}, R"(there is no command "secert")", R"(Did you mean "innkeeper secret list"?)"},
      {{"plan", "--chekc"}, R"("plan" has no option --chekc)", "Did you mean --check?"},
      {{"plan", "--chekc=1"}, R"("plan" has no option --chekc)", "Did you mean --check?"},
      {{"plan", "-x"}, R"("plan" has no option -x)", R"(Run "innkeeper help plan" to see what it takes.)"},
      {{"apply", "--check"}, R"("apply" has no option --check)", R"(Run "innkeeper help apply" to see what it takes.)"},
      {{"plan", "a", "b"},
       R"("plan" takes one ESTATE, and "b" is one too many)",
       R"(Run "innkeeper help plan" to see what it takes.)"},
      {{"secret", "list", "x"},
       R"("secret list" takes no word "x")",
       R"(Run "innkeeper help secret list" to see what it takes.)"},
      {{"secret", "show"},
       R"("secret show" needs SERVICE)",
       R"(Run "innkeeper help secret show" to see what it takes.)"},
      {{"plan", "--jobs"}, "option --jobs needs N", R"(Run "innkeeper help plan" to see what it takes.)"},
      {{"plan", "--manifest"}, "option --manifest needs FILE", R"(Run "innkeeper help plan" to see what it takes.)"},
      {{"plan", "--check=yes"}, "option --check takes no value", R"(Run "innkeeper help plan" to see what it takes.)"},
      {{"plan", "-v", "-q"}, "--verbose and --quiet exclude each other", "Leave one of them out."},
      {{"psql", "--json"}, R"("psql" has no --json)", R"(Run "innkeeper help psql" to see what it takes.)"},
      {{"plan", "a", "--", "b"},
       R"("plan" takes one ESTATE, and "b" is one too many)",
       R"(Run "innkeeper help plan" to see what it takes.)"},
      {{"--frob"}, "there is no option --frob", R"(Run "innkeeper help" to see all commands.)"}};
  for (const auto& one : cases) {
    const auto line = parse(one.words);
    ASSERT_TRUE(line.problem) << testing::PrintToString(one.words);
    EXPECT_EQ(line.problem->message, one.message);
    EXPECT_EQ(line.problem->hint, one.hint) << one.message;
  }
}

TEST(command_line, global_options_may_stand_before_the_command) {
  const auto line = parse({"--json", "--manifest", "plan", "-q", "apply", "examples/x"});
  ASSERT_FALSE(line.problem);
  EXPECT_EQ(line.chosen->name, "apply");
  EXPECT_TRUE(line.given.has("--json"));
  EXPECT_TRUE(line.given.has("--quiet"));
  EXPECT_EQ(line.given.value("--manifest"), "plan");
  EXPECT_EQ(line.given.positional(), "examples/x");
}

TEST(command_line, services_are_separated_by_spaces_or_commas_or_named_again) {
  const auto line = parse({"plan", "here", "--service", "cafe", "erp", "--service=treasury,notifications"});
  ASSERT_FALSE(line.problem);
  EXPECT_THAT(line.given.values("--service"), ElementsAre("cafe", "erp", "treasury", "notifications"));
  EXPECT_EQ(line.given.positional(), "here");
}

TEST(command_line, an_option_with_a_list_that_may_be_empty_is_there_without_one) {
  const auto all = parse({"apply", "--reset-password"});
  ASSERT_FALSE(all.problem);
  EXPECT_TRUE(all.given.has("--reset-password"));
  EXPECT_THAT(all.given.values("--reset-password"), IsEmpty());
  EXPECT_THAT(parse({"apply", "--reset-password", "cafe_user"}).given.values("--reset-password"),
              ElementsAre("cafe_user"));
  EXPECT_FALSE(parse({"apply"}).given.has("--reset-password"));
}

TEST(command_line, the_last_of_several_values_counts) {
  EXPECT_EQ(parse({"plan", "-j", "2", "--jobs=3"}).given.value("--jobs"), "3");
}

TEST(command_line, words_behind_two_dashes_belong_to_the_other_program) {
  const auto line = parse({"psql", "cafe", "--", "-c", "select 1", "--json", "--help"});
  ASSERT_FALSE(line.problem);
  EXPECT_FALSE(line.wants_help);
  EXPECT_EQ(line.given.positional(), "cafe");
  EXPECT_THAT(line.given.rest(), ElementsAre("-c", "select 1", "--json", "--help"));
}

TEST(command_line, a_word_behind_two_dashes_may_look_like_an_option) {
  const auto line = parse({"secret", "show", "--", "--odd"});
  ASSERT_FALSE(line.problem);
  EXPECT_EQ(line.given.positional(), "--odd");
}

TEST(command_line, a_service_named_like_a_command_is_a_service) {
  const auto line = parse({"secret", "show", "plan"});
  ASSERT_FALSE(line.problem);
  EXPECT_EQ(line.chosen->name, "secret show");
  EXPECT_EQ(line.given.positional(), "plan");
}

TEST(command_line, help_is_asked_for_whatever_else_is_wrong) {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"plan", "--help"}, {"plan", "--frob", "-h"}, {"secret", "show", "--help"}}) {
    const auto line = parse(words);
    EXPECT_TRUE(line.wants_help);
    EXPECT_FALSE(line.problem) << testing::PrintToString(words);
  }
}

TEST(command_line, words_that_belong_together_become_one) {
  EXPECT_EQ(parse({"help", "secret", "show"}).given.positional(), "secret show");
}

TEST(command_line, json_is_known_to_be_wanted_though_no_command_is) {
  EXPECT_TRUE(parse({"--json", "plam"}).given.has("--json"));
}

}  // namespace
}  // namespace innkeeper::cli
