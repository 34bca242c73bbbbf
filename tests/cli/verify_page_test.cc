// verify --html and accept:, as a user runs them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/golden.h"
#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view manifest = R"(estate: page
services:
  cafe:
    hardening: {wal_messages: {value: open, reason: our CDC emits <messages>}}
  erp: {}
)";

TEST(proof_page, is_written_whole_for_its_owner_and_says_what_the_terminal_says) {
  workplace place;
  place.write("page/innkeeper.yaml", std::string{manifest});
  ASSERT_EQ(place.innkeeper({"up", "page", "-q"}).status, 0);

  const auto file = place.root() / "page" / "proof.html";
  const auto proved = place.innkeeper({"verify", "page", "--prove", "--html", file.string()});
  EXPECT_EQ(proved.status, 0) << proved.out << proved.err;
  EXPECT_THAT(proved.out, HasSubstr("wal_messages of cafe is switched off"));
  const auto page = read_text(file);
  EXPECT_THAT(page, StartsWith("<!doctype html>"));
  EXPECT_THAT(page, HasSubstr("</html>\n"));
  EXPECT_THAT(page, HasSubstr("because our CDC emits &lt;messages&gt;"));
  EXPECT_THAT(page, HasSubstr("<bdi>cafe_user</bdi>"));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);

  const auto printed = place.innkeeper({"verify", "page", "--html", "-"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.out, StartsWith("<!doctype html>"));
  EXPECT_THAT(printed.out, Not(HasSubstr("Verified: 2 services, 0")));
  EXPECT_EQ(place.innkeeper({"verify", "page", "--html", "-", "--json"}).status, 64);
  EXPECT_EQ(place.innkeeper({"verify", "page", "--html", "/dev/null"}).status, 0);
  EXPECT_EQ(fs::status("/dev/null").type(), fs::file_type::character) << "a device is written to, never replaced";
  EXPECT_EQ(place.innkeeper({"verify", "page", "--html", (place.root() / "missing" / "x.html").string()}).status, 1);

  // A leak by another hand: counted, then accepted, then counted again when its day is over.
  ASSERT_EQ(place
                .innkeeper(
                    {"psql", "--admin", "--manifest", "page", "--", "-c", "GRANT CONNECT ON DATABASE erp TO cafe_user"})
                .status,
            0);
  const auto leaks = [&] {
    const auto ran = place.innkeeper({"verify", "page", "--json"});
    auto document = nlohmann::json::parse(ran.out);
    document["status"] = ran.status;
    return document;
  };
  const auto found = leaks();
  EXPECT_EQ(found["status"], 2);
  EXPECT_GT(found["leaks"], 0);
  const auto accept = [&](const std::string& until) {
    std::string entries = "accept:\n";
    for (const auto* probe : {"P10", "P3", "drift"}) {
      entries += "  - {finding: " + std::string{probe} + ", reason: until the split, until: " + until + "}\n";
    }
    place.write("page/innkeeper.yaml", std::string{manifest} + entries);
  };
  accept("2999-12-31");
  const auto accepted = leaks();
  EXPECT_EQ(accepted["status"], 0) << accepted.dump(2);
  EXPECT_EQ(accepted["leaks"], 0);
  EXPECT_EQ(accepted["drift"], 0);
  EXPECT_EQ(accepted["accepted"], found["leaks"].get<int>() + found["drift"].get<int>());
  EXPECT_EQ(accepted["servers"][0]["switched_off"][0]["reason"], "our CDC emits <messages>");
  EXPECT_GT(accepted["servers"][0]["version_num"], 130000);
  accept("2020-02-29");
  EXPECT_EQ(leaks()["status"], 2);
  EXPECT_THAT(place.innkeeper({"verify", "page"}).out, HasSubstr("it was accepted until 2020-02-29"));
}

}  // namespace
}  // namespace innkeeper::test
