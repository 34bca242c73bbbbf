#include "cli/service_request.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace innkeeper::cli {
namespace {

using testing::ElementsAre;

service_request read(const std::map<std::string, std::string>& variables, const arguments& given = {}) {
  return read_service_request(given, [variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string{name});
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  });
}

struct inference {
  std::map<std::string, std::string> variables;
  std::string service;
  std::string database;
  std::string user;
};

TEST(service_request, names_are_inferred_as_the_seeds_scripts_do_it) {
  for (const auto& one : std::vector<inference>{
           {{{"APP_NAME", "cafe-backend"}}, "cafe", "cafe", "cafe_user"},
           {{{"APP_NAME", "cafe-backend"}, {"NAMESPACE", "prod"}}, "cafe", "cafe", "cafe_user"},
           {{{"NAMESPACE", "supplier-onboarding"}},
            "supplier_onboarding",
            "supplier_onboarding",
            "supplier_onboarding_user"},
           {{{"SERVICE_DB_NAME", "cafe"}, {"SERVICE_DB_USER", "barista"}}, "cafe", "cafe", "barista"},
           {{{"APP_NAME", "cafe-api"}, {"SERVICE_DB_NAME", "cafe_prod"}}, "cafe", "cafe_prod", "cafe_prod_user"},
           {{{"APP_NAME", ""}, {"NAMESPACE", "erp"}}, "erp", "erp", "erp_user"}}) {
    const auto request = read(one.variables);
    ASSERT_TRUE(request.problems.empty()) << to_string(request.problems.front());
    ASSERT_EQ(request.value.services.size(), 1U);
    const auto& service = request.value.services.front();
    EXPECT_EQ(service.name, one.service);
    EXPECT_EQ(service.database.value.value, one.database);
    EXPECT_EQ(service.user.value.value, one.user);
    EXPECT_EQ(request.value.name, "");
  }
}

TEST(service_request, an_option_stands_over_its_variable) {
  arguments given;
  given.add("--service-db-name", {"mine"});
  EXPECT_EQ(read({{"APP_NAME", "cafe"}, {"SERVICE_DB_NAME", "theirs"}}, given).value.services.front().database.value,
            database_name{"mine"});
}

TEST(service_request, the_server_is_the_first_that_is_named) {
  const std::map<std::string, std::string> all{{"APP_NAME", "cafe"},
                                               {"INNKEEPER_SERVER_URL", "Host=db;Port=5433;Username=adm;Password=x"},
                                               {"POSTGRES_HOST", "other"},
                                               {"PGHOST", "third"},
                                               {"PGPORT", "5434"}};
  EXPECT_THAT(read(all).url->endpoints, ElementsAre(endpoint{"db", 5433}));
  auto without_url = all;
  without_url.erase("INNKEEPER_SERVER_URL");
  EXPECT_THAT(read(without_url).url->endpoints, ElementsAre(endpoint{"other", 5434}));
  EXPECT_FALSE(read({{"APP_NAME", "cafe"}}).url);
}

TEST(service_request, no_variable_is_expanded_out_of_another_ones_value) {
  const auto request = read({{"APP_NAME", "cafe"}, {"SERVICE_DB_NAME", "${HOME}"}, {"HOME", "secret"}});
  EXPECT_EQ(request.value.services.front().database.value.value, "${HOME}");
}

TEST(service_request, a_url_that_is_none_is_refused_without_its_text) {
  const auto request = read({{"APP_NAME", "cafe"}, {"INNKEEPER_SERVER_URL", "hunter2 is my password"}});
  ASSERT_FALSE(request.problems.empty());
  EXPECT_EQ(to_string(request.problems.front()).find("hunter2"), std::string::npos);
}

TEST(service_request, what_is_not_asked_for_is_not_done) {
  EXPECT_EQ(read({{"APP_NAME", "cafe"}, {"SETUP_DATABASES", "false"}}).reason, "SETUP_DATABASES is false");
  EXPECT_EQ(read({{"APP_NAME", "cafe"}, {"DB_TYPES", "redis"}}).reason, "DB_TYPES is redis");
  for (const auto* yes : {"true", "TRUE", "1", "yes", ""}) {
    EXPECT_TRUE(read({{"APP_NAME", "cafe"}, {"SETUP_DATABASES", yes}}).is_wanted) << yes;
  }
  EXPECT_THAT(read({{"APP_NAME", "cafe"}, {"DB_TYPES", "postgres, rabbitmq"}}).notes,
              ElementsAre("rabbitmq is not managed by this version"));
}

TEST(service_request, its_keys_are_those_that_the_seeds_applications_read) {
  const auto keys_of = [](const std::map<std::string, std::string>& variables) {
    const auto request = read(variables);
    EXPECT_TRUE(request.problems.empty());
    std::string text;
    for (const auto& key : keys_for(request)) text += key.name + "=" + key.content.written + " ";
    if (request.value.redis)
      text += fmt::format("{}:{}", request.value.redis->address.host, request.value.redis->address.port);
    return text;
  };
  EXPECT_EQ(keys_of({{"APP_NAME", "cafe-backend"}}), "CAFE_POSTGRES_URL=uri ");
  for (const auto& address :
       std::vector<std::map<std::string, std::string>>{{{"REDIS_ADDR", "cache:7000"}},
                                                       {{"REDIS_URL", "redis://cache:7000/1"}},
                                                       {{"REDIS_HOST", "cache"}, {"REDIS_PORT", "7000"}}}) {
    auto variables = address;
    variables.insert({{"APP_NAME", "cafe-backend"}, {"DB_TYPES", "postgres,redis"}});
    EXPECT_EQ(keys_of(variables), "CAFE_POSTGRES_URL=uri CAFE_REDIS_ADDR=redis.address cache:7000");
  }
  EXPECT_FALSE(read({{"APP_NAME", "cafe"}, {"DB_TYPES", "postgres,redis"}, {"REDIS_ADDR", "a b"}}).problems.empty());
}

}  // namespace
}  // namespace innkeeper::cli
