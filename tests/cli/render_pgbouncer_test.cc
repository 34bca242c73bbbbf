// A pooler as a user meets it: the files, and the strings that go by it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* pooled_manifest = R"(estate: inn
servers:
  shared:
    endpoints:
      pooled: {host: 127.0.0.1, port: 6432, pooler: {kind: pgbouncer}}
services:
  cafe: {via: pooled, pool: {size: 10, replicas: 3}, secrets: [{file: cafe.env}]}
  erp:
)";

TEST(pgbouncer, files_are_rendered_for_what_goes_by_it_and_hold_no_password_of_an_application) {
  workplace place;
  place.write("inn/innkeeper.yaml", pooled_manifest);
  ASSERT_EQ(place.innkeeper({"up", "inn", "--tls", "-q"}).status, 0);
  const auto shown = place.innkeeper({"render", "pgbouncer", "inn"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, ContainsRegex("cafe = host='127.0.0.1' port=[0-9]+ auth_user=innkeeper_pooler pool_size=14 "
                                       "reserve_pool=3\n"));
  EXPECT_THAT(shown.out, HasSubstr("server_tls_sslmode = verify-full\n"));
  EXPECT_THAT(shown.out, HasSubstr("max_client_conn = 50\n"));
  EXPECT_THAT(shown.out, Not(HasSubstr("erp")));

  const auto written = place.innkeeper({"render", "pgbouncer", "inn", "-o", "bouncer"});
  EXPECT_EQ(written.status, 0) << written.err;
  EXPECT_THAT(written.out, HasSubstr("wrote "));
  struct stat seen {};
  ASSERT_EQ(::stat((place.root() / "bouncer/userlist.txt").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777U, 0600U);
  EXPECT_THAT(place.innkeeper({"render", "pgbouncer", "inn", "-o", "bouncer"}).out, HasSubstr("unchanged: "));
  const auto list = place.shell("cat bouncer/userlist.txt; cat inn/.innkeeper/secrets/shared/cafe_user/password");
  const auto own = list.out.substr(list.out.rfind('\n') + 1);
  EXPECT_EQ(list.out.find(own), list.out.size() - own.size()) << "an application's password lies there";

  EXPECT_THAT(place.innkeeper({"secret", "show", "cafe"}).out, HasSubstr("@127.0.0.1:6432/cafe"));
  EXPECT_THAT(place.innkeeper({"secret", "show", "cafe", "--as", "jdbc"}).out, HasSubstr("prepareThreshold=0"));
  EXPECT_EQ(place.innkeeper({"render", "pgbouncer", "inn", "--endpoint", "poold"}).status, 64);
  EXPECT_EQ(place.innkeeper({"plan", "inn", "--check"}).status, 0);
}

}  // namespace
}  // namespace innkeeper::test
