#include "pg/refusal.h"

#include <gtest/gtest.h>

namespace innkeeper::pg {
namespace {

struct refusal_case {
  const char* name;
  const char* message;
  const char* sqlstate;
  tls_trouble tls = tls_trouble::none;
  const char* primary = nullptr;
};

// What libpq 15 says, taken from real attempts; other languages from PostgreSQL's translations.
const refusal_case cases[] = {
    {"servers_code",
     "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password authentication failed for user "
     "\"a\"\nLOCATION:  auth_failed, auth.c:335\n",
     "28P01", tls_trouble::none, "password authentication failed for user \"a\""},
    {"another_language",
     "connection to server on socket \"/s/.s.PGSQL.5432\" failed: ВАЖНО:  3D000: база данных \"x\" не существует\n",
     "3D000", tls_trouble::none, "база данных \"x\" не существует"},
    {"a_host_that_looks_like_tls",
     "connection to server at \"certificate.SSL\" (10.0.0.1), port 5432 failed: Connection refused\n"
     "\tIs the server running on that host and accepting TCP/IP connections?\n",
     "08001"},
    {"no_socket", "connection to server on socket \"/x/.s.PGSQL.1\" failed: No such file or directory\n", "08001"},
    {"no_name", "could not translate host name \"certificate.SSL\" to address: Name or service not known\n", "08001"},
    {"no_tls_on_the_server",
     "connection to server at \"127.0.0.1\", port 5432 failed: server does not support SSL, but SSL was required\n",
     "08001", tls_trouble::not_offered},
    {"certificate", "connection to server at \"127.0.0.1\", port 5432 failed: SSL error: certificate verify failed\n",
     "08001", tls_trouble::unverified},
    {"name_of_another_host",
     "connection to server at \"db.test\" (127.0.0.1), port 5432 failed: server certificate for \"a.test\" (and 1 "
     "other "
     "name) does not match host name \"db.test\"\n",
     "08001", tls_trouble::wrong_host},
    {"no_root_file",
     "connection to server at \"db.test\" (127.0.0.1), port 5432 failed: root certificate file \"/r.crt\" does not "
     "exist\nEither provide the file or change sslmode to disable server certificate verification.\n",
     "08001", tls_trouble::no_root_file},
    {"no_version_in_common",
     "connection to server at \"127.0.0.1\", port 5432 failed: SSL error: tlsv1 alert protocol version\n", "08001",
     tls_trouble::no_common_version},
    {"certificate_file_is_missing",
     "connection to server at \"127.0.0.1\", port 5432 failed: could not open certificate file \"/c\": No such file or "
     "directory\n",
     "08001", tls_trouble::bad_client_file},
    {"no_password", "connection to server at \"127.0.0.1\", port 5432 failed: fe_sendauth: no password supplied\n",
     "28P01"},
    {"standby", "connection to server at \"127.0.0.1\", port 5432 failed: session is read-only\n", "25006"},
    {"last_host_counts",
     "connection to server at \"a\" (10.0.0.1), port 1 failed: server does not support SSL, but SSL was required\n"
     "connection to server at \"b\" (10.0.0.2), port 1 failed: Connection refused\n",
     "08001"},
    {"one_hosts_answer_outweighs_the_others_silence",
     "connection to server at \"a\" (10.0.0.1), port 1 failed: FATAL:  57P03: the database system is starting up\n"
     "connection to server at \"b\" (10.0.0.2), port 1 failed: Connection refused\n",
     "57P03", tls_trouble::none, "the database system is starting up"},
    {"bad_parameter", "invalid sslmode value: \"maybe\"\n", "22023"},
    {"something_new", "the moon is full\n", "08006", tls_trouble::none, "the moon is full"},
    {"nothing", "", "08006", tls_trouble::none, ""},
};

class refusal : public testing::TestWithParam<refusal_case> {};

TEST_P(refusal, has_a_sqlstate) {
  const auto facts = facts_of_refusal(GetParam().message);
  EXPECT_EQ(facts.sqlstate, GetParam().sqlstate);
  EXPECT_EQ(facts.tls, GetParam().tls);
  if (GetParam().primary != nullptr) {
    EXPECT_EQ(facts.primary, GetParam().primary);
  }
}

INSTANTIATE_TEST_SUITE_P(messages, refusal, testing::ValuesIn(cases), [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace innkeeper::pg
