#include "core/conninfo.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "core/conninfo_prisma.h"
#include "tests/support/hostile_values.h"

namespace innkeeper {
namespace {

using parameters = std::map<std::string, std::string>;

conninfo cafe(parameters settings = {}) {
  return {.endpoints = {{"db.example", 5433}},
          .user = {"cafe_user"},
          .database = {"cafe"},
          .password = secret{"p@ss;w0rd"},
          .parameters = std::move(settings)};
}

std::string text_of(const conninfo& one, dialect as) {
  const auto printed = print_conninfo(one, as);
  EXPECT_EQ(printed.problem, "") << to_string(as);
  return printed.text ? printed.text->expose() : "";
}

// For failures: names what differs, in a form that can be read.
std::string shown(const conninfo& one) {
  return text_of(one, dialect::keyword);
}

struct accepted_case {
  std::string_view text;
  conninfo want;
  dialect spoken;
};

const std::vector<accepted_case>& accepted_cases() {
  static const std::vector<accepted_case> all{
      {"postgresql://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe", cafe(), dialect::uri},
      {"postgres://cafe_user:p%40ss;w0rd@db.example:5433/cafe?sslmode=disable", cafe({{"sslmode", "disable"}}),
       dialect::uri},
      {"POSTGRES://cafe_user:p%40ss;w0rd@db.example:5433/cafe?ssl=true\n", cafe({{"sslmode", "require"}}),
       dialect::uri},
      {"postgresql://cafe_user:p%40ss;w0rd@db.example:5433/cafe?sslmode=no-verify", cafe({{"sslmode", "require"}}),
       dialect::uri},
      {"postgresql:///cafe?host=db.example&port=5433&user=cafe_user&password=p@ss;w0rd", cafe(), dialect::uri},
      {"host=db.example port=5433 user=cafe_user password='p@ss;w0rd' dbname=cafe", cafe(), dialect::keyword},
      {"host = db.example port= 5433 user =cafe_user password = p@ss\\;w0rd\tdbname=cafe", cafe(), dialect::keyword},
      {"Host=db.example;Port=5433;Database=cafe;Username=cafe_user;Password='p@ss;w0rd'", cafe(), dialect::dotnet},
      {"server = db.example:5433 ; db=cafe;User Id=cafe_user;PWD=\"p@ss;w0rd\";Pooling=true;", cafe(), dialect::dotnet},
      {"Server=db.example;Port=5433;Database=cafe;UserID=cafe_user;psw='p@ss;w0rd';SSL Mode=VerifyFull;"
       "Root Certificate=/ca.pem",
       cafe({{"sslmode", "verify-full"}, {"sslrootcert", "/ca.pem"}}), dialect::dotnet},
      {"host=db.example;port=5433;database=cafe;user name=cafe_user;password=\"p@ss;w0rd\"", cafe(), dialect::dotnet},
      {"jdbc:postgresql://db.example:5433/cafe?user=cafe_user&password=p%40ss%3Bw0rd", cafe(), dialect::jdbc},
      {"jdbc:postgresql://db.example:5433/cafe?user=cafe_user&password=p%40ss;w0rd&ssl=true&currentSchema=x",
       cafe({{"sslmode", "verify-full"}}), dialect::jdbc},
      {"postgresql+psycopg2://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe?application_name=a+b",
       cafe({{"application_name", "a b"}}), dialect::sqlalchemy},
      {"postgresql+asyncpg://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe?ssl=require&prepared_statement_cache_size=0",
       cafe({{"sslmode", "require"}}), dialect::asyncpg},
      {"postgresql+asyncpg://cafe_user:p%40ss%3Bw0rd@/cafe?host=db.example:5433", cafe(), dialect::asyncpg},
  };
  return all;
}

TEST(conninfo, every_spelling_of_one_connection_says_the_same) {
  for (const auto& [text, want, spoken] : accepted_cases()) {
    const auto got = parse_conninfo(text);
    ASSERT_TRUE(got.value) << text << ": " << got.problem;
    EXPECT_EQ(*got.value, want) << text << "\n" << shown(*got.value);
    EXPECT_EQ(to_string(got.spoken), to_string(spoken)) << text;
  }
}

TEST(conninfo, drivers_own_settings_are_named_as_ignored) {
  EXPECT_EQ(parse_conninfo("Host=h;Pooling=true;Maximum Pool Size=5").ignored,
            (std::vector<std::string>{"Pooling", "Maximum Pool Size"}));
  EXPECT_EQ(parse_conninfo("postgresql://h/d?pgbouncer=true").ignored, std::vector<std::string>{"pgbouncer"});
}

struct refused_case {
  std::string_view text;
  std::string_view problem;
};

TEST(conninfo, a_problem_names_the_place_and_never_a_value) {
  const std::vector<refused_case> refused{
      {"", "the connection string is empty"},
      {" \n", "the connection string is empty"},
      {"mydb", "no \"=\" after the word at offset 0: neither a URL nor keyword=value pairs"},
      {"mysql://u:p@h/d",
       "the URL at offset 0 does not begin with postgresql://, postgres://, postgresql+driver:// or jdbc:postgresql:"},
      {"jdbc:mysql://h/d", "the URL at offset 0 is for another kind of database than PostgreSQL"},
      {"postgresql://u:p%zz@h/d",
       "the percent sign at offset 16 is not followed by two hexadecimal digits; write it as %25"},
      {"postgresql://u:p%", "the percent sign at offset 16 is not followed by two hexadecimal digits; write it as %25"},
      {"postgresql://u:s3cret", "the port at offset 13 is not a number from 1 to 65535"},
      {"postgresql://u:p%00@h/d", "%00 at offset 16 is not allowed"},
      {"postgresql://[::1/d", "no address between brackets at offset 13"},
      {"postgresql://h:99999/d", "the port at offset 13 is not a number from 1 to 65535"},
      {"postgresql://a,b/d?port=1,2,3", "3 ports for 2 hosts at offset 13: one for all or one for each"},
      {"postgresql://h/d?sslmod=require", "unknown connection parameter at offset 17: did you mean sslmode?"},
      {"postgresql://h/d?s3cret", "no \"=\" in the parameter at offset 17"},
      {"host=h sslmod=require", "unknown connection parameter at offset 7: did you mean sslmode?"},
      {"host=h password='s3cret", "the quote opened at offset 16 is not closed"},
      {"Host=h;Password='s3cret", "the quote opened at offset 16 is not closed"},
      {"Host=h;Password='s3'cret", "expected \";\" at offset 20, behind a quoted value"},
      {"Host=h;Initial Catalog=cafe", "unknown Npgsql parameter at offset 7"},
      {"Host=h port=5 password=s3cret",
       "the host at offset 0 contains a space or \"=\": are the pairs separated by \";\"?"},
      {"jdbc:postgresql://h/d?socketFactory=x", "unknown pgJDBC parameter at offset 22"},
      {"postgresql+asyncpg://h/d?ssl=s3cret", "the value of ssl at offset 25 is not one of libpq's names for sslmode"},
  };
  for (const auto& [text, problem] : refused) {
    const auto got = parse_conninfo(text);
    EXPECT_FALSE(got.value) << text;
    EXPECT_EQ(got.problem, problem) << text;
    EXPECT_EQ(got.problem.find("s3cret"), std::string::npos);
  }
}

TEST(conninfo, tells_drivers_of_a_pooler_of_transactions_not_to_prepare) {
  auto pooled = cafe();
  pooled.pools_transactions = true;
  EXPECT_EQ(text_of(pooled, dialect::uri), text_of(cafe(), dialect::uri));
  EXPECT_EQ(text_of(pooled, dialect::keyword), text_of(cafe(), dialect::keyword));
  EXPECT_EQ(text_of(pooled, dialect::node), text_of(cafe(), dialect::node));
  EXPECT_EQ(text_of(pooled, dialect::sqlalchemy), text_of(cafe(), dialect::sqlalchemy));
  EXPECT_EQ(text_of(pooled, dialect::jdbc), text_of(cafe(), dialect::jdbc) + "&prepareThreshold=0");
  EXPECT_EQ(text_of(pooled, dialect::dotnet), text_of(cafe(), dialect::dotnet) + ";No Reset On Close=true");
  EXPECT_EQ(text_of(pooled, dialect::go), text_of(cafe(), dialect::go) + "&binary_parameters=yes");
  EXPECT_EQ(print_prisma(pooled, "public").text->expose(),
            print_prisma(cafe(), "public").text->expose() + "&pgbouncer=true");
  for (const auto& one : all_dialects()) {
    EXPECT_TRUE(parse_conninfo(print_conninfo(pooled, one.value).text->expose()).value) << one.name;
  }
  const auto printed = print_conninfo(pooled, dialect::asyncpg);
  EXPECT_EQ(printed.text->expose(), text_of(cafe(), dialect::asyncpg) + "?prepared_statement_cache_size=0");
  EXPECT_EQ(printed.left_out,
            (std::vector<std::string>{"statement_cache_size (say connect_args={\"statement_cache_size\": 0})"}));
}

TEST(conninfo, says_where_asyncpg_takes_its_root_certificates_from) {
  const auto verified =
      print_conninfo(cafe({{"sslmode", "verify-full"}, {"sslrootcert", "/ca.crt"}}), dialect::asyncpg);
  ASSERT_TRUE(verified.text);
  EXPECT_TRUE(verified.text->expose().ends_with("/cafe?ssl=verify-full"));
  EXPECT_EQ(verified.left_out,
            (std::vector<std::string>{"sslrootcert (set PGSSLROOTCERT=/ca.crt in its environment)"}));
  EXPECT_FALSE(print_conninfo(cafe({{"sslmode", "require"}, {"sslrootcert", "/ca.crt"}}), dialect::asyncpg).text)
      << "there the file is what makes libpq verify";
}

TEST(conninfo, names_only_keys_that_java_can_read) {
  EXPECT_EQ(print_conninfo(cafe({{"sslkey", "/client.key"}}), dialect::jdbc).problem,
            "pgJDBC reads keys only as .pk8 (PKCS #8, DER) or .p12");
  EXPECT_TRUE(print_conninfo(cafe({{"sslkey", "/client.pk8"}}), dialect::jdbc).text);
}

struct printed_case {
  conninfo from;
  dialect as;
  std::string_view want;
};

TEST(conninfo, prints_each_dialect_as_its_driver_reads_it) {
  const conninfo socket{.endpoints = {{"/run/my pg", 5433}}, .user = {"u"}, .database = {"d"}, .password = secret{"p"}};
  const conninfo local6{.endpoints = {{"::1", 5433}}, .user = {"u"}, .database = {"d"}, .password = secret{"p"}};
  const conninfo odd{.endpoints = {{"h", 0}}, .user = {"u"}, .database = {"a/b%c"}, .password = secret{"p"}};
  const std::vector<printed_case> cases{
      {cafe(), dialect::uri, "postgresql://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe"},
      {socket, dialect::uri, "postgresql://u:p@%2Frun%2Fmy%20pg:5433/d"},
      {local6, dialect::uri, "postgresql://u:p@[::1]:5433/d"},
      {cafe(), dialect::keyword, "host=db.example port=5433 user=cafe_user password='p@ss;w0rd' dbname=cafe"},
      {socket, dialect::keyword, "host='/run/my pg' port=5433 user=u password=p dbname=d"},
      {cafe({{"sslmode", "require"}}), dialect::dotnet,
       "Host=db.example;Port=5433;Database=cafe;Username=cafe_user;Password=\"p@ss;w0rd\";SSL Mode=Require;"
       "Trust Server Certificate=true"},
      {socket, dialect::dotnet, "Host=\"/run/my pg\";Port=5433;Database=d;Username=u;Password=p"},
      {cafe({{"sslmode", "verify-full"}}), dialect::jdbc,
       "jdbc:postgresql://db.example:5433/cafe?user=cafe_user&password=p%40ss%3Bw0rd&sslmode=verify-full"},
      {local6, dialect::jdbc, "jdbc:postgresql://[::1]:5433/d?user=u&password=p"},
      {cafe(), dialect::sqlalchemy, "postgresql+psycopg2://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe"},
      {socket, dialect::sqlalchemy, "postgresql+psycopg2://u:p@/d?host=%2Frun%2Fmy%20pg&port=5433"},
      {odd, dialect::sqlalchemy, "postgresql+psycopg2://u:p@h/?dbname=a%2Fb%25c"},
      {cafe({{"sslmode", "disable"}}), dialect::asyncpg,
       "postgresql+asyncpg://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe?ssl=disable"},
      {odd, dialect::asyncpg, "postgresql+asyncpg://u:p@h/?database=a%2Fb%25c"},
      {cafe(), dialect::go, "postgres://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe?sslmode=require"},
      {local6, dialect::go, "postgres://u:p@[::1]:5433/d?sslmode=disable"},
      {socket, dialect::go, "postgres://u:p@/d?host=%2Frun%2Fmy%20pg&port=5433&sslmode=disable"},
      {cafe({{"sslmode", "require"}}), dialect::node,
       "postgresql://cafe_user:p%40ss%3Bw0rd@db.example:5433/cafe?sslmode=no-verify"},
      {socket, dialect::node, "postgresql://u:p@/d?host=%2Frun%2Fmy%20pg&port=5433"},
      {local6, dialect::node, "postgresql://u:p@/d?host=%3A%3A1&port=5433"},
      {odd, dialect::node, "postgresql://u:p@h/a/b%25c"},
  };
  for (const auto& [from, as, want] : cases) EXPECT_EQ(text_of(from, as), want) << to_string(as);
}

TEST(conninfo, what_a_dialect_cannot_say_is_a_problem_and_not_another_connection) {
  const conninfo socket{.endpoints = {{"/run/pg", 5433}}};
  const conninfo two{.endpoints = {{"a", 1}, {"b", 2}}};
  EXPECT_EQ(print_conninfo(socket, dialect::jdbc).problem,
            "pgJDBC cannot reach a unix socket without a socket factory of another library; use TCP");
  EXPECT_EQ(print_conninfo(two, dialect::go).problem, "lib/pq takes one host only");
  EXPECT_EQ(print_conninfo(two, dialect::node).problem, "node-postgres takes one host only");
  EXPECT_EQ(print_conninfo(conninfo{}, dialect::dotnet).problem, "Npgsql needs a host");
  EXPECT_EQ(print_conninfo(cafe({{"sslcrl", "/x"}}), dialect::go).problem, "lib/pq has no setting for sslcrl");
  EXPECT_EQ(print_conninfo(cafe({{"sslmode", "prefer"}}), dialect::go).problem,
            "lib/pq has no sslmode prefer: it must be disable, require or a verify mode");
  for (const auto& [as, name] : all_dialects()) {
    EXPECT_FALSE(print_conninfo({.endpoints = {{"a,b", 0}}}, as).text) << name;
    EXPECT_FALSE(print_conninfo({.password = secret{std::string{"a\0b", 3}}}, as).text) << name;
  }
}

TEST(conninfo, fine_tuning_without_a_word_for_it_is_left_out_and_named) {
  const auto printed = print_conninfo(cafe({{"application_name", "a"}, {"keepalives", "1"}}), dialect::asyncpg);
  EXPECT_EQ(printed.left_out, (std::vector<std::string>{"application_name", "keepalives"}));
}

TEST(conninfo, every_dialect_is_found_by_its_name) {
  for (const auto& [value, name] : all_dialects()) {
    EXPECT_EQ(dialect_named(name), value);
    EXPECT_EQ(to_string(value), name);
  }
  EXPECT_EQ(dialect_named("odbc"), std::nullopt);
}

// docs/connection-strings.md shows one connection in every dialect, one table row each.
TEST(conninfo, the_manuals_examples_are_what_is_printed) {
  const conninfo shown_there{.endpoints = {{"db.example", 5432}},
                             .user = {"cafe_user"},
                             .database = {"cafe"},
                             .password = secret{"it's;2 @50%"},
                             .parameters = {{"sslmode", "verify-full"}}};
  std::ifstream manual{INNKEEPER_SOURCE_DIR "/docs/connection-strings.md"};
  const std::regex row{R"(\| `([a-z]+)` \| `` (.*) `` \|)"};
  std::size_t rows = 0;
  for (std::string line; std::getline(manual, line);) {
    std::smatch cells;
    if (!std::regex_match(line, cells, row)) continue;
    const auto as = dialect_named(cells[1].str());
    ASSERT_TRUE(as) << line;
    EXPECT_EQ(text_of(shown_there, *as), cells[2].str());
    EXPECT_EQ(parse_conninfo(cells[2].str()).value, shown_there) << line;
    ++rows;
  }
  EXPECT_EQ(rows, all_dialects().size());
}

// go and node are read back as the URIs that they look like.
TEST(conninfo, what_was_printed_is_read_back_the_same_in_every_dialect) {
  for (const auto& [as, name] : all_dialects()) {
    test::hostile_values random{20250807};
    for (int i = 0; i < 200; ++i) {
      const conninfo one = random.connection(as);
      const auto printed = print_conninfo(one, as);
      ASSERT_TRUE(printed.text) << name << " " << i << ": " << printed.problem << "\n" << shown(one);
      const auto back = parse_conninfo(printed.text->expose());
      ASSERT_TRUE(back.value) << name << " " << i << ": " << back.problem << "\n" << printed.text->expose();
      ASSERT_EQ(*back.value, one) << name << " " << i << "\n"
                                  << printed.text->expose() << "\n"
                                  << shown(one) << "\n"
                                  << shown(*back.value);
    }
  }
}

TEST(conninfo, cut_and_scrambled_text_is_read_or_refused_without_harm) {
  test::hostile_values random{7};
  for (int i = 0; i < 1000; ++i) {
    const auto as = all_dialects()[random.below(all_dialects().size())].value;
    std::string text = text_of(random.connection(as), as);
    text.resize(random.below(text.size() + 1));
    if (!text.empty()) text[random.below(text.size())] = random.text()[0];
    const auto got = parse_conninfo(text);
    EXPECT_NE(got.value.has_value(), !got.problem.empty()) << text;
  }
}

}  // namespace
}  // namespace innkeeper
