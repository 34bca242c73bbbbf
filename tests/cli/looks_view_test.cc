#include "cli/looks_view.h"

#include <gtest/gtest.h>

namespace innkeeper::cli {
namespace {

constexpr std::int64_t hour = 3600;

TEST(looks_view, says_nothing_of_a_deep_plan) {
  EXPECT_EQ(looks_to_text({look_summary{}}), "");
  json document;
  add_looks(document, {look_summary{}});
  EXPECT_EQ(document.dump(), R"({"depth":"deep","not_checked":[]})");
}

TEST(looks_view, says_what_a_quick_plan_judged_and_what_it_did_not_check) {
  const look_summary one{.how = depth::quick, .as_noted = 1000, .oldest_look = 3 * hour + 59};
  EXPECT_EQ(
      looks_to_text({one}),
      "Quick: 1000 databases judged from the server's shared catalogs and not entered; the last look inside was 3 h "
      "ago.\n"
      "  Not checked: rights of PUBLIC inside a database; which rights a role holds on a schema or by default, "
      "where it held some; what the bootstrap superuser owns inside a database, extensions too; versions and "
      "schemas of extensions. --deep checks these, too.\n");
}

TEST(looks_view, names_the_databases_that_had_to_be_entered) {
  look_summary one{.how = depth::quick, .as_noted = 1, .oldest_look = 60};
  one.entered = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {"g"}};
  const auto text = looks_to_text({one});
  EXPECT_NE(text.find("Quick: 1 database judged"), std::string::npos) << text;
  EXPECT_NE(text.find("the last look inside was 60 s ago"), std::string::npos) << text;
  EXPECT_NE(text.find("no noted look fits: a, b, c, d, e and 2 more.\n"), std::string::npos) << text;
}

TEST(looks_view, says_nothing_where_every_database_was_entered_or_made) {
  look_summary one{.how = depth::quick};
  one.entered = {{"cafe"}};
  EXPECT_EQ(looks_to_text({one}), "");
}

TEST(looks_view, says_why_no_look_is_noted) {
  const look_summary one{.how = depth::quick, .obstacle = "permission denied"};
  EXPECT_NE(looks_to_text({one}).find("  No look is noted: permission denied\n"), std::string::npos);
}

TEST(looks_view, the_document_counts_and_names) {
  look_summary one{.how = depth::quick, .as_noted = 2, .oldest_look = hour, .passwords_unchecked = true};
  one.entered = {{"cafe"}};
  json document;
  add_looks(document, {one});
  EXPECT_EQ(document["depth"], "quick");
  EXPECT_EQ(document["not_checked"].size(), 5U);
  EXPECT_EQ(document["looks"].dump(),
            R"([{"as_noted":2,"oldest_look_seconds":3600,"entered":["cafe"],"obstacle":""}])");
}

TEST(looks_view, quick_and_deep_at_once_make_no_sense) {
  arguments both;
  both.add("--quick", {});
  EXPECT_EQ(parse_depth(both, depth::deep), depth::quick);
  EXPECT_EQ(parse_depth({}, depth::quick), depth::quick);
  both.add("--deep", {});
  EXPECT_ANY_THROW((void)parse_depth(both, depth::quick));
}

}  // namespace
}  // namespace innkeeper::cli
