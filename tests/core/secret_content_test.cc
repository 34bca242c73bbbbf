#include "core/secret_content.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/conninfo_dialects.h"
#include "core/secret_presets.h"
#include "tests/support/hostile_values.h"

namespace innkeeper {
namespace {

secret_facts plain_facts() {
  return {.target = {.endpoints = {{"db.example", 5432}},
                     .user = {"cafe_user"},
                     .database = {"cafe"},
                     .password = secret{"it's;2 @50%"},
                     .parameters = {}},
          .verifier = secret{"SCRAM-SHA-256$4096:salt$stored:server"},
          .schema = {"public"},
          .redis = redis_facts{.address = {broker_kind::redis, "redis-master.infra", 6379, false},
                               .password = secret{"r@dis/"},
                               .db = 2},
          .rabbitmq = rabbitmq_facts{.address = {broker_kind::rabbitmq, "rabbitmq.infra", 5671, true},
                                     .user = "guest",
                                     .password = secret{"a:b"},
                                     .vhost = "/"}};
}

std::string rendered(std::string_view text, const secret_facts& facts = plain_facts()) {
  const auto parsed = parse_secret_template(text);
  if (!parsed.value) return "template " + parsed.problem;
  const auto result = render(*parsed.value, facts);
  return result.text ? result.text->expose() : "! " + result.problem;
}

struct said_row {
  std::string text;
  std::string want;
};

TEST(secret_template, each_part_says_what_its_name_promises) {
  for (const auto& [text, want] : std::vector<said_row>{
           {"uri", "postgresql://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe"},
           {"keyword", "host=db.example port=5432 user=cafe_user password='it\\'s;2 @50%' dbname=cafe"},
           {"dotnet", "Host=db.example;Port=5432;Database=cafe;Username=cafe_user;Password=\"it's;2 @50%\""},
           {"jdbc", "jdbc:postgresql://db.example:5432/cafe?user=cafe_user&password=it%27s%3B2%20%4050%25"},
           {"jdbc.address", "jdbc:postgresql://db.example:5432/cafe"},
           {"asyncpg", "postgresql+asyncpg://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe"},
           {"go", "postgres://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe?sslmode=require"},
           {"prisma", "postgresql://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe?schema=public"},
           {"pgpass", "db.example:5432:cafe:cafe_user:it's;2 @50%"},
           {"host", "db.example"},
           {"port", "5432"},
           {"hosts", "db.example:5432"},
           {"database", "cafe"},
           {"schema", "public"},
           {"user", "cafe_user"},
           {"password", "it's;2 @50%"},
           {"verifier", "SCRAM-SHA-256$4096:salt$stored:server"},
           {"sslmode", ""},
           {"redis.url", "redis://:r%40dis%2F@redis-master.infra:6379/2"},
           {"redis.address", "redis-master.infra:6379"},
           {"redis.host", "redis-master.infra"},
           {"redis.port", "6379"},
           {"redis.db", "2"},
           {"redis.user", "default"},
           {"redis.password", "r@dis/"},
           {"rabbitmq.url", "amqps://guest:a%3Ab@rabbitmq.infra:5671/%2F"},
           {"rabbitmq.address", "rabbitmq.infra:5671"},
           {"rabbitmq.vhost", "/"},
           {"rabbitmq.user", "guest"},
           {"rabbitmq.password", "a:b"}}) {
    EXPECT_EQ(rendered(text), want) << text;
    EXPECT_EQ(rendered("{{" + text + "}}"), want) << text;
  }
}

TEST(secret_template, a_part_is_quoted_by_the_rules_of_the_text_around_it) {
  const auto url = "postgres://{{ user }}:{{ password }}@{{ host }}:{{ port }}/{{ database }}?sslmode=disable";
  EXPECT_EQ(rendered(url), "postgres://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe?sslmode=disable");
  EXPECT_EQ(rendered("Server={{host}};Database={{database}};User Id={{user}};Password={{password}};Pooling=false"),
            "Server=db.example;Database=cafe;User Id=cafe_user;Password=\"it's;2 @50%\";Pooling=false");
  EXPECT_EQ(rendered("user={{ user | keyword }} password={{ password | keyword }}"),
            "user=cafe_user password='it\\'s;2 @50%'");
  EXPECT_EQ(rendered("{\"password\": \"{{ password | json }}\"}"), "{\"password\": \"it's;2 @50%\"}");
  EXPECT_EQ(rendered("PGPASSWORD={{ password | shell }} psql"), "PGPASSWORD='it'\\''s;2 @50%' psql");
  EXPECT_EQ(rendered("<{{ password | raw }}>"), "<it's;2 @50%>");
}

TEST(secret_template, what_follows_a_connection_string_joins_its_query) {
  EXPECT_EQ(rendered("{{ uri }}?pool_max_conns=10"),
            "postgresql://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe?pool_max_conns=10");
  EXPECT_EQ(rendered("{{ go }}?binary_parameters=yes"),
            "postgres://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/cafe?sslmode=require&binary_parameters=yes");
  EXPECT_EQ(rendered("{{ dotnet }};Maximum Pool Size=5"),
            "Host=db.example;Port=5432;Database=cafe;Username=cafe_user;Password=\"it's;2 @50%\";Maximum Pool Size=5");
}

TEST(secret_template, a_template_that_nobody_can_read_is_refused) {
  for (const auto& [text, want] :
       std::vector<said_row>{{"urii", "names part \"urii\", which there is none of"},
                             {"{{ urii }}", "names part \"urii\", which there is none of"},
                             {"{{ uri | base64 }}", "names the quoting \"base64\", which there is none of"},
                             {"x{{ uri", "has {{ that no }} closes"},
                             {"password={{ password }}", "does not say how a part is quoted"},
                             {"url: {{ uri }}", "does not say how a part is quoted"},
                             {"Host=h;Password=\"{{ password }}\"",
                              "has quotes around a part, which brings its own where it needs them"}}) {
    EXPECT_EQ(rendered(text), "template " + want) << text;
  }
}

TEST(secret_template, what_can_not_be_said_names_its_reason) {
  auto facts = plain_facts();
  facts.target.endpoints = {{"a", 5432}, {"b", 5433}};
  EXPECT_EQ(rendered("postgres://{{ user }}:{{ password }}@{{ hosts }}/{{ database }}", facts),
            "postgres://cafe_user:it%27s%3B2%20%4050%25@a:5432,b:5433/cafe");
  EXPECT_EQ(rendered("host", facts), "a,b");
  EXPECT_EQ(rendered("port", facts), "5432,5433");
  EXPECT_EQ(rendered("postgres://{{ user }}:{{ password }}@{{ host }}:{{ port }}/{{ database }}", facts),
            "! a URL has no place for several hosts beside each other: use {{ hosts }} for host and port");
  EXPECT_EQ(rendered("go", facts), "! lib/pq takes one host only");
  EXPECT_EQ(rendered("prisma", facts), "! Prisma takes one host only");
  facts = plain_facts();
  facts.target.database = {"a b"};
  EXPECT_EQ(rendered("postgresql+asyncpg://{{ user }}:{{ password }}@{{ host }}/{{ database }}", facts),
            "! SQLAlchemy does not decode a database's name in its URL: use sqlalchemy or asyncpg");
  facts = plain_facts();
  facts.redis->password.reset();
  EXPECT_EQ(rendered("redis.url", facts), "redis://redis-master.infra:6379/2");
  facts.redis->password_problem = "no source has the password of redis: environment REDIS_PASSWORD is not set";
  EXPECT_EQ(rendered("redis.url", facts), "! " + facts.redis->password_problem);
  EXPECT_EQ(rendered("redis.password", facts), "! " + facts.redis->password_problem);
  EXPECT_EQ(rendered("redis.address", facts), "redis-master.infra:6379");
  // Taken off by whoever reads it, and then it would be another password.
  facts = plain_facts();
  facts.target.password = secret{"ends\n"};
  EXPECT_EQ(rendered("password", facts), "! it would end in a line end, which readers of files and keys take off");
  EXPECT_EQ(rendered("uri", facts), "postgresql://cafe_user:ends%0A@db.example:5432/cafe");
  // The user's own words around the parts have to mean this connection.
  EXPECT_EQ(rendered("postgres://other:{{ password }}@h/d", plain_facts()),
            "! the template, read as a connection string, gives another user or password");
}

TEST(secret_template, tls_and_its_certificate_authority_are_carried) {
  auto facts = plain_facts();
  facts.target.parameters = {{"sslmode", "verify-full"}, {"sslrootcert", "/srv/ca.pem"}};
  facts.ca = "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(rendered("prisma", facts),
            "postgresql://cafe_user:it%27s%3B2%20%4050%25@db.example:5432/"
            "cafe?schema=public&sslmode=require&sslaccept=strict&sslcert=%2Fsrv%2Fca.pem");
  EXPECT_EQ(rendered("ca", facts), "-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----");
  EXPECT_EQ(rendered("ca_file", facts), "/srv/ca.pem");
  secret_sink sink{.kind = place_kind::kubernetes, .keys = default_secret_keys({})};
  auto content = content_of(sink, facts);
  ASSERT_EQ(content.problems.size(), 1U);
  EXPECT_EQ(content.problems[0].text,
            "the application's path of the certificate authority is not declared: say ca_file");
  sink.ca_file = "/etc/pg/ca.crt";
  content = content_of(sink, facts);
  ASSERT_TRUE(content.problems.empty());
  EXPECT_NE(content.values.at("DATABASE_URL").expose().find("sslrootcert=%2Fetc%2Fpg%2Fca.crt"), std::string::npos);
}

// Of every dialect that we also read, whatever the values.
TEST(secret_template, hostile_values_come_through_templates_and_presets) {
  test::hostile_values values{20261129};
  for (int i = 0; i < 3000; ++i) {
    secret_facts facts{.schema = {"public"}};
    facts.target.endpoints = {values.server(false)};
    facts.target.user = {values.text()};
    facts.target.database = {values.text()};
    facts.target.password = secret{values.text()};
    for (const std::string_view text :
         {"postgres://{{ user }}:{{ password }}@{{ hosts }}/{{ database }}",
          "jdbc:postgresql://{{ hosts }}/{{ database }}?user={{ user }}&password={{ password }}",
          "Host={{ host }};Port={{ port }};Database={{ database }};Username={{ user }};Password={{ password }}",
          "host={{ host | keyword }} user={{ user | keyword }} password={{ password | keyword }} dbname={{ database | "
          "keyword }}"}) {
      const auto said = rendered(text, facts);
      const auto read = parse_conninfo(said);
      ASSERT_TRUE(read.value) << said << " " << read.problem;
      EXPECT_EQ(read.value->user, facts.target.user) << said;
      EXPECT_EQ(read.value->password, facts.target.password) << said;
      EXPECT_EQ(read.value->database, facts.target.database) << said;
    }
    const auto json = nlohmann::json::parse(rendered("{\"p\": \"{{ password | json }}\"}", facts));
    EXPECT_EQ(json["p"].get<std::string>(), facts.target.password->expose());
    for (const auto& preset : all_secret_presets()) {
      const secret_sink sink{.kind = place_kind::directory, .keys = keys_of(preset, {})};
      auto with_verifier = facts;
      with_verifier.verifier = secret{"SCRAM-SHA-256$4096:x$y:z"};
      const auto content = content_of(sink, with_verifier);
      placed_values placed;
      for (const auto& [key, value] : content.values) placed[key] = {.value = value};
      for (const auto& found : log_ins_in(placed, sink)) {
        EXPECT_EQ(found.password, *facts.target.password) << preset.name << " " << found.key;
        EXPECT_TRUE(found.user.empty() || found.user == facts.target.user) << preset.name << " " << found.key;
      }
    }
  }
}

TEST(secret_content, optional_keys_of_presets_are_there_with_what_they_say_only) {
  const secret_sink sink{.keys = keys_of(*find_secret_preset("libpq"), {})};
  auto facts = plain_facts();
  const auto names = [&] {
    std::string all;
    for (const auto& [key, value] : content_of(sink, facts).values) all += key + " ";
    return all;
  };
  EXPECT_EQ(names(), "PGDATABASE PGHOST PGPASSWORD PGPORT PGUSER ");
  facts.target.parameters = {{"sslmode", "require"}, {"target_session_attrs", "read-write"}};
  EXPECT_EQ(names(), "PGDATABASE PGHOST PGPASSWORD PGPORT PGSSLMODE PGTARGETSESSIONATTRS PGUSER ");
}

TEST(secret_content, a_log_in_is_read_back_from_whatever_key_holds_it) {
  const secret_sink sink{.keys = {{"PASSWORD", *parse_secret_template("password").value, {}},
                                  {"USER", *parse_secret_template("user").value, {}}}};
  const placed_values placed{{"PASSWORD", {secret{"one"}}},
                             {"USER", {secret{"cafe_user"}}},
                             {"OLD_URL", {secret{"Host=h;Username=cafe_user;Password=two"}}},
                             {"NOISE", {secret{"not a connection"}}},
                             {"EMPTY", {secret{""}}}};
  const auto found = log_ins_in(placed, sink);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].key, "PASSWORD");
  EXPECT_EQ(found[0].user, role_name{"cafe_user"});
  EXPECT_EQ(found[0].password, secret{"one"});
  EXPECT_EQ(found[1].key, "OLD_URL");
  EXPECT_EQ(found[1].password, secret{"two"});
}

TEST(secret_content, one_connection_in_other_words_is_the_same) {
  const auto same = [](const char* one, const char* other) { return says_the_same(secret{one}, secret{other}); };
  EXPECT_TRUE(same("postgres://u:p@h/d", "postgresql://u:p@h:5432/d"));
  EXPECT_TRUE(same("postgres://u:p@db.infra/d", "postgres://u:p@db.infra.svc.cluster.local/d"));
  EXPECT_TRUE(same("redis-master.infra:6379", "redis-master.infra.svc.cluster.local:6379"));
  EXPECT_FALSE(same("postgres://u:p@h/d", "postgres://u:other@h/d"));
  EXPECT_FALSE(same("postgres://u:p@h/d", "postgres://u:p@h/other"));
  EXPECT_FALSE(same("postgres://u:p@h/d", "postgres://u:p@h/d?sslmode=require"));
  EXPECT_FALSE(same("postgres://u:p@h/d", "postgres://u:p@h/d?pgbouncer=true"));
  EXPECT_FALSE(same("postgres://u:p@h/d", "u"));
}

}  // namespace
}  // namespace innkeeper
