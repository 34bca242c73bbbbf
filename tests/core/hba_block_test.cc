#include "core/hba_block.h"

#include <gtest/gtest.h>

namespace innkeeper {
namespace {

TEST(hba_block, stands_at_the_top_and_leaves_the_rest_alone) {
  const std::string file = "# mine\nlocal all all scram-sha-256\n";
  EXPECT_EQ(with_hba_block(file, {}), file);
  const hba_wishes wishes{.only_tls = true, .by_certificate = {{"cafe_user"}, {"we\"ird, name"}, {"all"}}};
  const auto text = with_hba_block(file, wishes);
  EXPECT_EQ(text,
            "# innkeeper: begin. Written anew at each start; changes made here are lost.\n"
            "hostssl all \"cafe_user\" all cert\n"
            "hostnossl all \"cafe_user\" all reject\n"
            "local all \"cafe_user\" reject\n"
            "hostssl all \"we\"\"ird, name\" all cert\n"
            "hostnossl all \"we\"\"ird, name\" all reject\n"
            "local all \"we\"\"ird, name\" reject\n"
            "hostssl all \"all\" all cert\n"
            "hostnossl all \"all\" all reject\n"
            "local all \"all\" reject\n"
            "hostnossl all,replication all all reject\n"
            "# innkeeper: end\n" +
                file);
  EXPECT_EQ(with_hba_block(text, wishes), text);
  EXPECT_EQ(with_hba_block(text, {.only_tls = true}),
            "# innkeeper: begin. Written anew at each start; changes made here are lost.\n"
            "hostnossl all,replication all all reject\n"
            "# innkeeper: end\n" +
                file);
  EXPECT_EQ(with_hba_block(text, {}), file);
}

}  // namespace
}  // namespace innkeeper
