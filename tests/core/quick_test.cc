// Which insides a quick plan may take to be as they were: digests of what is wanted and of the traces that are left.
#include "core/quick.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/core/estates.h"
#include "tests/core/proved_server.h"

namespace innkeeper {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint32_t owner_oid = 20001;
constexpr std::uint32_t stranger_oid = 20002;

class quick : public testing::Test {
 protected:
  quick() : all_{test::estate_of({test::service("cafe"), test::service("erp", 20)})} { observe(); }

  // A server that holds what the estate wants, with the looks that an apply would have noted.
  void observe() {
    desired_ = derive_desired(all_, all_.servers.front());
    server_ = test::fresh_server(15, true);
    server_.roles.push_back({.name = {"cafe_owner"}, .oid = owner_oid});
    std::uint32_t oid = 16500;
    for (const auto& wanted : desired_.databases) {
      observed_database one{.name = wanted.name, .oid = ++oid};
      one.contents = test::contents_of(wanted, server_.can.admin);
      one.traces = observed_traces{.provisioned = "p", .holders = {{.role = owner_oid, .owned = 7}}};
      server_.databases.push_back(std::move(one));
    }
  }

  observed_database& found(const std::string& name) {
    return *std::ranges::find(server_.databases, database_name{name}, &observed_database::name);
  }

  plan seen_in_step() {
    plan left;
    for (const auto& one : desired_.databases) {
      if (!one.is_registry) left.seen_inside[one.name] = true;
    }
    return left;
  }

  void note_all() {
    for (auto& [name, look] : looks_to_note(desired_, server_, seen_in_step()).note) found(name.value).noted = look;
    for (auto& one : server_.databases) one.contents.reset();
  }

  bool trusts(const std::string& name) {
    trust_noted_looks(desired_, server_);
    return found(name).is_as_noted;
  }

  estate all_;
  desired_server desired_;
  observed_server server_;
};

TEST_F(quick, takes_a_database_to_be_as_it_was_while_nothing_shows_a_change) {
  note_all();
  EXPECT_TRUE(trusts("cafe"));
  EXPECT_TRUE(trusts("erp"));
  EXPECT_EQ(summarize_looks(desired_, server_, depth::quick).as_noted, 2);
}

TEST_F(quick, trusts_nothing_that_was_never_noted) {
  for (auto& one : server_.databases) one.contents.reset();
  EXPECT_FALSE(trusts("cafe"));
}

TEST_F(quick, leaves_a_services_own_daily_work_alone) {
  note_all();
  found("cafe").traces->holders.front().owned = 7000;
  EXPECT_TRUE(trusts("cafe"));
}

TEST_F(quick, looks_into_a_database_where_another_role_came_to_own_or_to_hold_something) {
  note_all();
  found("cafe").traces->holders.push_back({.role = stranger_oid, .owned = 1});
  EXPECT_FALSE(trusts("cafe"));
  EXPECT_TRUE(trusts("erp")) << "one database's trouble stays its own";
  found("cafe").traces->holders.back() = {.role = stranger_oid, .holds_rights = true};
  EXPECT_FALSE(trusts("cafe"));
}

TEST_F(quick, counts_what_others_than_the_owner_role_have) {
  found("cafe").traces->holders.push_back({.role = stranger_oid, .owned = 3});
  note_all();
  EXPECT_TRUE(trusts("cafe"));
  found("cafe").traces->holders.back().owned = 4;
  EXPECT_FALSE(trusts("cafe"));
}

TEST_F(quick, does_not_mind_in_which_order_the_server_tells) {
  found("cafe").traces->holders.push_back({.role = stranger_oid, .owned = 3});
  note_all();
  std::ranges::reverse(found("cafe").traces->holders);
  EXPECT_TRUE(trusts("cafe"));
}

TEST_F(quick, looks_into_a_database_whose_provisioned_kinds_changed) {
  note_all();
  found("cafe").traces->provisioned = "q";
  EXPECT_FALSE(trusts("cafe"));
}

TEST_F(quick, looks_into_a_database_of_which_the_manifest_wants_something_else) {
  note_all();
  const std::vector<std::function<void(service_declaration&)>> changes{
      [](auto& one) {
        one.extensions = {{{"pgcrypto"}, "", false, one.where}};
      },
      [](auto& one) { one.may_create_schemas = true; },
      [](auto& one) { one.starts_as = starting_role::self; },
      [](auto& one) { one.schema.value = schema_name{"app"}; },
  };
  const auto before = all_;
  for (const auto& change : changes) {
    all_ = before;
    change(all_.services.front());
    desired_ = derive_desired(all_, all_.servers.front());
    EXPECT_FALSE(trusts("cafe"));
    EXPECT_TRUE(trusts("erp"));
  }
}

TEST_F(quick, looks_everywhere_as_another_admin_or_on_another_server) {
  note_all();
  auto other = server_;
  server_.can.admin = {"another_admin"};
  EXPECT_FALSE(trusts("cafe"));
  server_ = other;
  server_.system_identifier = "restored elsewhere";
  EXPECT_FALSE(trusts("cafe"));
}

TEST_F(quick, never_trusts_a_database_that_takes_no_connections) {
  note_all();
  found("cafe").allows_connections = false;
  EXPECT_FALSE(trusts("cafe")) << "a run was cut off before it was opened";
}

TEST_F(quick, writes_nothing_when_everything_is_noted_already_and_lately) {
  const auto first = looks_to_note(desired_, server_, seen_in_step());
  ASSERT_THAT(first.note, SizeIs(2));
  for (const auto& [name, look] : first.note) found(name.value).noted = look;
  EXPECT_TRUE(looks_to_note(desired_, server_, seen_in_step()).empty());
  found("erp").noted->age = 3600;
  EXPECT_THAT(looks_to_note(desired_, server_, seen_in_step()).note, SizeIs(1));
}

TEST_F(quick, forgets_a_look_once_something_is_to_be_done_that_may_leave_no_trace) {
  for (const auto& [name, look] : looks_to_note(desired_, server_, seen_in_step()).note) {
    found(name.value).noted = look;
  }
  auto left = seen_in_step();
  left.seen_inside[{"cafe"}] = false;
  const auto changes = looks_to_note(desired_, server_, left);
  EXPECT_THAT(changes.forget, testing::ElementsAre(found("cafe").oid));
  EXPECT_THAT(changes.note, IsEmpty());
}

TEST_F(quick, keeps_the_notes_of_databases_that_a_plan_did_not_judge) {
  note_all();
  EXPECT_TRUE(looks_to_note(desired_, server_, plan{}).empty()) << "as for a service that an estate took over";
}

TEST_F(quick, says_what_it_did_not_check_and_a_deep_plan_says_nothing) {
  note_all();
  trust_noted_looks(desired_, server_);
  EXPECT_THAT(not_checked(summarize_looks(desired_, server_, depth::deep)), IsEmpty());
  EXPECT_THAT(not_checked(summarize_looks(desired_, server_, depth::quick)), SizeIs(4));
  server_.can.may_read_verifiers = false;
  auto of_proof = summarize_looks(desired_, server_, depth::quick);
  EXPECT_THAT(not_checked(of_proof), SizeIs(5));
  of_proof.security_unchecked = true;
  EXPECT_THAT(not_checked(of_proof), Contains(HasSubstr("of a proof")));
}

TEST_F(quick, a_plan_asks_nothing_of_the_inside_that_is_as_noted) {
  note_all();
  trust_noted_looks(desired_, server_);
  const auto made = make_plan(desired_, server_, {}, {});
  for (const auto& one : made.steps) EXPECT_NE(one.scope, step_scope::inside) << describe(one);
  for (const auto& one : made.attentions) {
    EXPECT_EQ(one.text.find("look into database \"cafe\""), std::string::npos) << one.text;
  }
  EXPECT_THAT(made.seen_inside, IsEmpty());
}

TEST_F(quick, a_plan_for_some_services_notes_no_database_that_it_saw_in_part) {
  auto sharing = test::service("menu", 30);
  sharing.database = {{"cafe"}, sharing.where, false};
  sharing.schema = {{"menu"}, sharing.where, false};
  all_.services.push_back(sharing);
  observe();
  const auto made = make_plan(desired_, server_, {}, {.services = {"menu"}});
  EXPECT_FALSE(made.seen_inside.contains({"cafe"}) && made.seen_inside.at({"cafe"}));
}

}  // namespace
}  // namespace innkeeper
