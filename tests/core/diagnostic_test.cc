#include "core/diagnostic.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

TEST(diagnostic, shows_place_caret_detail_and_hint) {
  const diagnostic one{.where = {"cafe.yaml", 14, 13},
                       .message = "schema \"biling\" is not declared by service \"cafe\"",
                       .detail = "declared schemas: billing, audit",
                       .hint = "Did you mean \"billing\"?",
                       .source_line = "    schema: biling"};
  EXPECT_EQ(to_string(one),
            "cafe.yaml:14:13: error: schema \"biling\" is not declared by service \"cafe\"\n"
            "   14 |     schema: biling\n"
            "      |             ^\n"
            "  detail: declared schemas: billing, audit\n"
            "  hint: Did you mean \"billing\"?\n");
}

TEST(diagnostic, caret_counts_characters_not_bytes) {
  const diagnostic one{.where = {"a.yaml", 1, 8}, .message = "m", .source_line = "kéy: é x"};
  EXPECT_NE(to_string(one).find("      |        ^\n"), std::string::npos);
}

TEST(diagnostic, place_leaves_out_what_is_unknown) {
  EXPECT_EQ(to_string(location{}), "");
  EXPECT_EQ(to_string(location{"a.yaml"}), "a.yaml");
  EXPECT_EQ(to_string(location{"a.yaml", 3}), "a.yaml:3");
  EXPECT_EQ(to_string(location{"a.yaml", 3, 4}), "a.yaml:3:4");
}

TEST(diagnostic, nearest_word_is_offered_only_when_it_is_near) {
  EXPECT_EQ(nearest("databse", {"schema", "database", "user"}), "database");
  EXPECT_EQ(nearest("colour", {"schema", "database", "user"}), "");
  EXPECT_EQ(nearest("usr", {"schema", "database", "user"}), "user");
}

TEST(diagnostic, a_source_line_cannot_steer_the_terminal) {
  const diagnostic one{.where = {"m.yaml", 1, 3}, .message = "odd", .source_line = std::string{"a\x1b[2J\tb\x7f"}};
  EXPECT_EQ(to_string(one),
            "m.yaml:1:3: error: odd\n"
            "    1 | a?[2J\tb?\n"
            "      |   ^\n");
}

}  // namespace
}  // namespace innkeeper
