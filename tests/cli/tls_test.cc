// TLS as a user meets it: the flag, the strings, the files.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* manifest_with_certificates = R"(estate: inn
services:
  cafe:
  till: {authentication: certificate}
  erp:
)";

TEST(tls, is_switched_on_by_a_flag_and_stays_and_strings_say_it) {
  workplace place;
  place.write("inn/innkeeper.yaml", manifest_with_certificates);
  const auto refused = place.innkeeper({"up", "inn", "-q"});
  EXPECT_EQ(refused.status, 65);
  EXPECT_THAT(refused.err, HasSubstr("log-in \"till_user\" shows a certificate, and server \"shared\" has no TLS"));

  const auto up = place.innkeeper({"up", "inn", "--tls"});
  ASSERT_EQ(up.status, 0) << up.err;
  EXPECT_THAT(up.out, HasSubstr("\ncertificates:\n"));
  EXPECT_THAT(up.out, ContainsRegex("certificate of server at 127.0.0.1:[0-9]+ ends on 2[0-9]+-.* UTC, in 364 days"));
  EXPECT_THAT(up.out, ContainsRegex("certificate of log-in \"till_user\" ends on "));
  EXPECT_EQ(place.innkeeper({"up", "inn", "-q"}).status, 0) << "it is remembered";

  // What it says of encryption, the server tells nobody who acts as another role.
  const auto ran = place.shell(R"sh(
look='\conninfo \\ select current_user'
psql "$(innkeeper secret show erp)" -At <<<"$look"
psql "$(innkeeper secret show till)" -At <<<"$look"
innkeeper psql cafe -- -At <<<"$look"
)sh");
  for (const char* role : {"erp_owner", "till_owner", "cafe_owner"})
    EXPECT_THAT(ran.out, ContainsRegex(std::string{"SSL connection [^\n]+\n"} + role + "\n")) << ran.err;

  const auto uri = place.innkeeper({"secret", "show", "erp"}).out;
  EXPECT_THAT(uri, HasSubstr("sslmode=verify-full"));
  EXPECT_THAT(uri, HasSubstr("ca.crt"));
  const auto asyncpg = place.innkeeper({"secret", "show", "erp", "--as", "asyncpg"});
  EXPECT_THAT(asyncpg.out, HasSubstr("?ssl=verify-full\n"));
  EXPECT_THAT(asyncpg.err, HasSubstr("left out, since asyncpg can't say it: sslrootcert (set PGSSLROOTCERT="));
  EXPECT_THAT(place.innkeeper({"secret", "show", "till", "--as", "jdbc"}).out, HasSubstr("client.pk8"));

  const auto status = nlohmann::json::parse(place.innkeeper({"status", "inn", "--json"}).out);
  const auto& certificates = status.at("servers").at(0).at("certificates");
  ASSERT_EQ(certificates.size(), 4U) << "server, authority, the log-in and its twin: " << certificates;
  for (const auto& one : certificates) EXPECT_FALSE(one.at("ends_soon").get<bool>());
  EXPECT_THAT(place.innkeeper({"verify", "inn", "--prove"}).out, HasSubstr("0 leaks, 0 failed"));
}

TEST(tls, that_comes_later_is_written_to_where_applications_look) {
  workplace place;
  place.write("inn/innkeeper.yaml", "estate: inn\nservices: {cafe: {secrets: [{file: cafe.env}]}}\n");
  ASSERT_EQ(place.innkeeper({"up", "inn", "-q"}).status, 0);
  const auto look = [&] { return place.shell(". inn/cafe.env; psql \"$DATABASE_URL\" -c '\\conninfo'").out; };
  EXPECT_THAT(look(), HasSubstr("as user \"cafe_user\""));
  EXPECT_THAT(look(), Not(HasSubstr("SSL connection")));
  const auto up = place.innkeeper({"up", "inn", "--tls", "-q"});
  ASSERT_EQ(up.status, 0) << up.err;
  EXPECT_THAT(look(), HasSubstr("SSL connection"));
  EXPECT_THAT(place.shell("cat inn/cafe.env").out, HasSubstr("sslmode=verify-full"));
  EXPECT_EQ(place.innkeeper({"plan", "inn", "--check"}).status, 0);
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

}  // namespace
}  // namespace innkeeper::test
