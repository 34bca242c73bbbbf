// TLS and poolers as a user meets them: the flag, the strings, the files.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* manifest = R"(estate: inn
servers:
  shared:
    endpoints:
      pooled: {host: 127.0.0.1, port: 6432, pooler: {kind: pgbouncer}}
services:
  cafe: {via: pooled, pool: {size: 10, replicas: 3}}
  till: {authentication: certificate}
  erp:
)";

TEST(tls, is_switched_on_by_a_flag_and_stays_and_strings_say_it) {
  workplace place;
  place.write("inn/innkeeper.yaml", manifest);
  const auto refused = place.innkeeper({"up", "inn", "-q"});
  EXPECT_EQ(refused.status, 65);
  EXPECT_THAT(refused.err, HasSubstr("log-in \"till_user\" shows a certificate, and server \"shared\" has no TLS"));

  const auto up = place.innkeeper({"up", "inn", "--tls"});
  ASSERT_EQ(up.status, 0) << up.err;
  EXPECT_THAT(up.out, HasSubstr("\ncertificates:\n"));
  EXPECT_THAT(up.out, ContainsRegex("certificate of server at 127.0.0.1:[0-9]+ ends on 2[0-9]+-.* UTC, in 364 days"));
  EXPECT_THAT(up.out, ContainsRegex("certificate of log-in \"till_user\" ends on "));
  EXPECT_EQ(place.innkeeper({"up", "inn", "-q"}).status, 0) << "it is remembered";

  const auto ran = place.shell(R"sh(
query="select ssl, current_user from pg_stat_ssl where pid = pg_backend_pid()"
psql "$(innkeeper secret show erp)" -Atc "$query"
psql "$(innkeeper secret show till)" -Atc "$query"
innkeeper psql cafe -- -Atc "$query"
)sh");
  EXPECT_EQ(ran.out, "t|erp_owner\nt|till_owner\nt|cafe_owner\n") << ran.err;

  const auto uri = place.innkeeper({"secret", "show", "erp"}).out;
  EXPECT_THAT(uri, HasSubstr("sslmode=verify-full"));
  EXPECT_THAT(uri, HasSubstr("ca.crt"));
  const auto asyncpg = place.innkeeper({"secret", "show", "erp", "--as", "asyncpg"});
  EXPECT_THAT(asyncpg.out, HasSubstr("?ssl=verify-full\n"));
  EXPECT_THAT(asyncpg.err, HasSubstr("left out, since asyncpg can't say it: sslrootcert (set PGSSLROOTCERT="));
  EXPECT_THAT(place.innkeeper({"secret", "show", "till", "--as", "jdbc"}).out, HasSubstr("client.pk8"));

  const auto status = nlohmann::json::parse(place.innkeeper({"status", "inn", "--json"}).out);
  const auto& certificates = status.at("servers").at(0).at("certificates");
  ASSERT_EQ(certificates.size(), 3U) << certificates;
  for (const auto& one : certificates) EXPECT_FALSE(one.at("ends_soon").get<bool>());
  EXPECT_THAT(place.innkeeper({"verify", "inn", "--prove"}).out, HasSubstr("0 leaks, 0 failed"));
}

TEST(tls, flag_is_refused_where_it_makes_no_sense) {
  workplace place;
  place.write("off/innkeeper.yaml", "estate: off\nservers: {shared: {embedded: {tls: false}}}\n");
  place.write("far/innkeeper.yaml", "estate: far\nservers: {shared: {url: 'postgres://a@db.example/postgres'}}\n");
  const auto off = place.innkeeper({"up", "off", "--tls"});
  EXPECT_EQ(off.status, 64);
  EXPECT_THAT(off.err, HasSubstr("the manifest says that server \"shared\" has no TLS"));
  const auto far = place.innkeeper({"up", "far", "--tls"});
  EXPECT_EQ(far.status, 64);
  EXPECT_THAT(far.err, HasSubstr("the estate has no server of its own, whose TLS --tls could switch on"));
}

TEST(pgbouncer, files_are_rendered_for_what_goes_by_it_and_hold_no_password_of_an_application) {
  workplace place;
  place.write("inn/innkeeper.yaml", manifest);
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
