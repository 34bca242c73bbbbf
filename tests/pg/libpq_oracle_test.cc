// libpq itself decides whether we read and write its two forms, and its verifiers, as it does.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>

#include "core/conninfo.h"
#include "core/scram.h"
#include "tests/support/hostile_values.h"

namespace innkeeper {
namespace {

using options = std::map<std::string, std::string>;

struct freed_by_libpq {
  void operator()(PQconninfoOption* all) const { PQconninfoFree(all); }
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(char* text) const { PQfreemem(text); }
};

// What libpq reads; nothing where it refuses.
std::optional<options> libpqs(const std::string& text) {
  char* problem = nullptr;
  const std::unique_ptr<PQconninfoOption, freed_by_libpq> all{PQconninfoParse(text.c_str(), &problem)};
  const std::unique_ptr<char, freed_by_libpq> message{problem};
  if (!all) return std::nullopt;
  options read;
  for (const auto* one = all.get(); one->keyword != nullptr; ++one) {
    if (one->val != nullptr) read[one->keyword] = one->val;
  }
  // For libpq the same, and for us: one port for all, defaults left out, nothing for an empty name.
  for (const auto* name : {"host", "port", "user", "dbname"}) {
    if (read.contains(name) && read[name].empty()) read.erase(name);
  }
  const auto hosts = std::ranges::count(read["host"], ',');
  if (read.contains("port") && std::ranges::count(read["port"], ',') != hosts) {
    const std::string one = read["port"];
    for (auto i = hosts; i > 0; --i) read["port"] += "," + one;
  }
  static const std::regex leading_zeros{"(^|,)0+"};
  read["port"] = std::regex_replace(read["port"], leading_zeros, "$1");
  if (read["host"].empty()) read.erase("host");
  if (read["port"].find_first_not_of(',') == std::string::npos) read.erase("port");
  return read;
}

options ours(const conninfo& one) {
  options all{one.parameters.begin(), one.parameters.end()};
  std::string hosts;
  std::string ports;
  for (const auto& at : one.endpoints) {
    hosts += (&at == one.endpoints.data() ? "" : ",") + at.host;
    ports += (&at == one.endpoints.data() ? "" : ",") + (at.port == 0 ? std::string{} : std::to_string(at.port));
  }
  if (!hosts.empty()) all["host"] = hosts;
  if (ports.find_first_not_of(',') != std::string::npos) all["port"] = ports;
  if (!one.user.empty()) all["user"] = one.user.value;
  if (!one.database.empty()) all["dbname"] = one.database.value;
  if (one.password) all["password"] = one.password->expose();
  return all;
}

TEST(libpq, reads_what_we_print_as_we_meant_it) {
  for (const auto as : {dialect::uri, dialect::keyword}) {
    test::hostile_values random{11};
    for (int i = 0; i < 300; ++i) {
      const conninfo one = random.connection(as);
      const auto printed = print_conninfo(one, as);
      ASSERT_TRUE(printed.text) << printed.problem;
      ASSERT_EQ(libpqs(printed.text->expose()), ours(one)) << printed.text->expose();
    }
  }
}

// Scrambled text: both refuse it, or both read the same. We are stricter with ports, which libpq checks on connecting.
TEST(libpq, agrees_on_what_is_well_formed) {
  test::hostile_values random{13};
  int both = 0;
  int neither = 0;
  for (int i = 0; i < 1500; ++i) {
    const auto as = random.coin() ? dialect::uri : dialect::keyword;
    const auto printed = print_conninfo(random.connection(as), as);
    std::string text = printed.text->expose();
    for (std::size_t changes = random.below(4); changes > 0; --changes) {
      const auto place = text.size() / 8 + random.below(text.size() - text.size() / 8);
      text.replace(place, random.below(3), random.text().substr(0, random.below(3)));
    }
    const auto mine = parse_conninfo(text);
    const bool is_trimmed =
        text.find_first_not_of(" \t\r\n") == 0 && text.find_last_not_of(" \t\r\n") + 1 == text.size();
    if (!is_trimmed || mine.spoken == dialect::dotnet || mine.problem.find("port") != std::string::npos) continue;
    const auto theirs = libpqs(text);
    // Other drivers take "options=-csearch_path=x" with its second "=" bare, libpq wants it encoded.
    static const std::regex second_equals{"^[a-z]+://[^?]*[?].*=[^&=]*="};
    if (mine.value && !theirs && std::regex_search(text, second_equals)) continue;
    ASSERT_EQ(mine.value.has_value(), theirs.has_value()) << text << "\n" << mine.problem;
    if (theirs) {
      ASSERT_EQ(ours(*mine.value), *theirs) << text;
    }
    ++(theirs ? both : neither);
  }
  EXPECT_GT(both, 300);
  EXPECT_GT(neither, 50);
}

TEST(libpq, has_no_parameter_that_we_do_not_know) {
  const std::unique_ptr<PQconninfoOption, freed_by_libpq> all{PQconndefaults()};
  for (const auto* one = all.get(); one->keyword != nullptr; ++one) {
    const bool is_obsolete = one->label == std::string_view{};  // "authtype", "tty"
    if (!is_obsolete) {
      EXPECT_EQ(parse_conninfo(fmt::format("{}=1", one->keyword)).problem, "");
    }
  }
}

TEST(libpq, makes_verifiers_that_we_recognise) {
  const std::unique_ptr<PGconn, freed_by_libpq> unconnected{PQconnectStart("host=/nonexistent")};
  test::hostile_values random{17};
  std::vector<std::string> passwords{"pencil",
                                     " ",
                                     "\x01",
                                     "I\xc2\xadX",
                                     "\xe2\x85\xa8",
                                     "a\xc2\xa0"
                                     "b",
                                     "e\xcc\x81",
                                     "\xc2\xad",
                                     "\xff\xfe",
                                     "\xd8\xa7"
                                     "1"};
  for (int i = 0; i < 10; ++i) passwords.push_back(random.text());
  for (const auto& password : passwords) {
    const std::unique_ptr<char, freed_by_libpq> verifier{
        PQencryptPasswordConn(unconnected.get(), password.c_str(), "u", "scram-sha-256")};
    ASSERT_TRUE(verifier) << PQerrorMessage(unconnected.get());
    EXPECT_TRUE(is_scram_verifier(verifier.get()));
    EXPECT_TRUE(verifier_matches(secret{password}, secret{verifier.get()})) << password;
    EXPECT_FALSE(verifier_matches(secret{password + "!"}, secret{verifier.get()})) << password;
  }
}

}  // namespace
}  // namespace innkeeper
