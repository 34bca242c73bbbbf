// Transactions as scopes, several of them in one round trip, and what is known when the connection breaks on the way.
#include "tests/library/service_test.h"
#include "tests/support/fault_proxy.h"

namespace innkeeper::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class service_transaction : public service_test {
 protected:
  service_transaction() { ask("CREATE TABLE t (n int PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)"); }

  [[nodiscard]] std::string rows() const {
    return ask("SELECT coalesce(string_agg(n::text, ',' ORDER BY n), '') FROM t");
  }

  const statement insert_{"INSERT INTO t VALUES ($1)"};
};

TEST_F(service_transaction, is_there_once_committed_and_gone_otherwise) {
  auto session = connect();
  {
    transaction kept{session};
    kept.execute(insert_(1));
    EXPECT_TRUE(session.is_in_transaction());
    kept.execute_all({insert_(2), insert_(3)});
    EXPECT_EQ(rows(), "");
    EXPECT_TRUE(kept.commit().notices().empty());
    EXPECT_THROW(kept.execute("SELECT 1"), std::logic_error);
    EXPECT_THROW(kept.commit(), std::logic_error);
  }
  {
    transaction dropped{session};
    dropped.execute(insert_(4));
  }
  {
    transaction dropped{session};
    dropped.execute(insert_(5));
    dropped.rollback();
    EXPECT_THROW(dropped.rollback(), std::logic_error);
  }
  { transaction unused{session}; }
  transaction empty{session};
  empty.commit();
  EXPECT_FALSE(session.is_in_transaction());
  EXPECT_EQ(rows(), "1,2,3");
}

TEST_F(service_transaction, there_is_one_at_a_time) {
  auto session = connect();
  transaction first{session};
  EXPECT_THROW(transaction{session}, std::logic_error);
  EXPECT_THROW((void)session.execute_each({{insert_(1)}}), std::logic_error);
  first.execute("COMMIT");
  EXPECT_THROW(first.execute(insert_(1)), std::logic_error);
  EXPECT_THROW(first.commit(), std::logic_error);
  first.rollback();
  session.execute("BEGIN");
  EXPECT_THROW(transaction{session}, std::logic_error);
  session.execute("ROLLBACK");
  EXPECT_EQ(rows(), "");
}

TEST_F(service_transaction, after_a_failure_it_can_only_be_rolled_back) {
  auto session = connect();
  transaction failing{session};
  EXPECT_EQ(failure_of([&] { failing.execute("SELECT 1/0"); }).sqlstate(), "22012");
  EXPECT_EQ(failure_of([&] { failing.execute(insert_(1)); }).sqlstate(), "25P02");
  const auto failed = failure_of([&] { failing.commit(); });
  EXPECT_EQ(failed.sqlstate(), "25P02");
  EXPECT_FALSE(failed.outcome_is_unknown());
  EXPECT_EQ(rows(), "");
  transaction next{session};
  next.execute(insert_(2));
  next.commit();
  EXPECT_EQ(rows(), "2");
}

TEST_F(service_transaction, a_commit_that_the_server_refuses_is_no_commit) {
  auto session = connect();
  transaction twice{session};
  twice.execute_all({"SET CONSTRAINTS ALL DEFERRED", insert_(1), insert_(1)});
  const auto failed = failure_of([&] { twice.commit(); });
  EXPECT_EQ(failed.sqlstate(), "23505");
  EXPECT_FALSE(failed.outcome_is_unknown());
  EXPECT_EQ(rows(), "");
  EXPECT_FALSE(session.is_in_transaction());
}

TEST_F(service_transaction, a_conflict_says_that_another_try_may_succeed) {
  ask("INSERT INTO t VALUES (1)");
  auto session = connect();
  transaction strict{session, {.isolation = isolation_level::repeatable_read}};
  strict.execute("SELECT * FROM t");
  ask("UPDATE t SET n = 2");
  const auto failed = failure_of([&] { strict.execute("UPDATE t SET n = 3"); });
  EXPECT_EQ(failed.sqlstate(), "40001");
  EXPECT_TRUE(failed.may_retry());
  strict.rollback();
  transaction reading{session, {.isolation = isolation_level::serializable, .is_read_only = true}};
  EXPECT_EQ(reading.execute("SHOW transaction_isolation").front()[0].text(), "serializable");
  EXPECT_EQ(failure_of([&] { reading.execute(insert_(9)); }).sqlstate(), "25006");
}

TEST_F(service_transaction, a_deadline_before_the_commit_leaves_it_open) {
  auto session = connect();
  transaction slow{session};
  slow.execute(insert_(1));
  session.set_deadline(milliseconds{0});
  const auto failed = failure_of([&] { slow.commit(); });
  EXPECT_TRUE(failed.is_timeout());
  EXPECT_FALSE(failed.outcome_is_unknown());
  session.set_deadline({});
  slow.commit();
  EXPECT_EQ(rows(), "1");
}

TEST_F(service_transaction, statements_in_one_round_trip_are_all_done_or_none) {
  auto session = connect();
  session.execute_all({insert_(1), insert_(2)});
  const auto failed = failure_of([&] { session.execute_all({insert_(3), insert_(1), insert_(4)}); });
  EXPECT_EQ(failed.sqlstate(), "23505");
  EXPECT_EQ(rows(), "1,2");
  EXPECT_TRUE(session.execute_all({}).empty());
}

TEST_F(service_transaction, one_of_several_that_fails_leaves_its_neighbours_alone) {
  auto session = connect();
  const auto outcomes = session.execute_each({{insert_(1), insert_(2)},
                                              {insert_(3), "SELECT 1/0", insert_(4)},
                                              {},
                                              {insert_(5)},
                                              {insert_(5), insert_(6)},
                                              {"SELECT 'last'"}});
  ASSERT_EQ(outcomes.size(), 6U);
  EXPECT_TRUE(outcomes[0].is_committed());
  EXPECT_EQ(outcomes[0].results.size(), 2U);
  EXPECT_EQ(outcomes[1].failure->sqlstate(), "22012");
  EXPECT_EQ(outcomes[1].failure->statement(), "SELECT 1/0");
  EXPECT_TRUE(outcomes[1].results.empty());
  EXPECT_TRUE(outcomes[2].is_committed());
  EXPECT_TRUE(outcomes[3].is_committed());
  EXPECT_EQ(outcomes[4].failure->sqlstate(), "23505");
  EXPECT_EQ(outcomes[5].results[0].front()[0].text(), "last");
  EXPECT_EQ(rows(), "1,2,5");
}

TEST_F(service_transaction, a_failing_commit_is_its_own_transactions_alone) {
  ask("ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (n) DEFERRABLE INITIALLY DEFERRED");
  auto session = connect();
  const auto outcomes = session.execute_each({{insert_(1), insert_(1)}, {insert_(2)}});
  EXPECT_EQ(outcomes[0].failure->sqlstate(), "23505");
  EXPECT_TRUE(outcomes[1].is_committed());
  EXPECT_EQ(rows(), "2");
}

TEST_F(service_transaction, those_whose_plans_are_obsolete_are_run_again_alone) {
  auto session = connect();
  const statement all{"SELECT * FROM t"};
  const statement insert_all{"INSERT INTO t SELECT $1::int RETURNING *"};
  session.execute_all({all, insert_all(1)});
  ask("ALTER TABLE t ADD note text");
  const auto outcomes = session.execute_each({{insert_(2)}, {insert_all(3), all}, {all, insert_(4)}, {insert_(5)}});
  for (const auto& one : outcomes) EXPECT_TRUE(one.is_committed()) << one.failure->what();
  for (const std::size_t number : {0U, 3U}) EXPECT_FALSE(outcomes[number].ran_again);
  for (const std::size_t number : {1U, 2U}) EXPECT_TRUE(outcomes[number].ran_again);
  EXPECT_EQ(outcomes[1].results[1].columns().size(), 2U);
  EXPECT_EQ(rows(), "1,2,3,4,5");
}

TEST_F(service_transaction, of_late_ones_each_is_ended) {
  auto session = connect();
  session.set_deadline(milliseconds{100});
  const auto outcomes =
      session.execute_each({{insert_(1)}, {insert_(2), "SELECT pg_sleep(60)"}, {insert_(3), "SELECT pg_sleep(60)"}});
  EXPECT_TRUE(outcomes[0].is_committed());
  for (const auto number : {1, 2}) {
    EXPECT_EQ(outcomes[number].failure->sqlstate(), "57014");
    EXPECT_TRUE(outcomes[number].failure->is_timeout());
  }
  EXPECT_EQ(rows(), "1");
  EXPECT_TRUE(session.is_usable());
}

TEST_F(service_transaction, a_backend_that_is_ended_among_several_tells_them_apart) {
  auto session = connect();
  const auto pid = std::to_string(session.backend_pid());
  const auto outcomes = session.execute_each(
      {{insert_(1)}, {insert_(2), "SELECT pg_terminate_backend(" + pid + "), pg_sleep(60)"}, {insert_(3)}});
  EXPECT_TRUE(outcomes[0].is_committed());
  for (const auto number : {1, 2}) {
    EXPECT_EQ(outcomes[number].failure->sqlstate(), "57P01");
    EXPECT_TRUE(outcomes[number].failure->connection_is_lost() && outcomes[number].failure->may_retry());
    EXPECT_FALSE(outcomes[number].failure->outcome_is_unknown());
  }
  EXPECT_EQ(rows(), "1");
}

// A session through a proxy that loses what its plan says. Counts answers: the log-in is the first.
class broken_way : public service_transaction {
 protected:
  connection through(fault planned) {
    proxy_.emplace(endpoint{"127.0.0.1", server().port()}, planned, [](fault_kind, pid_t) {});
    auto where = server().admin_by_tcp(database_);
    where.endpoints = {{"127.0.0.1", proxy_->port()}};
    return connection{{.url = url_of(where)}};
  }

  std::optional<fault_proxy> proxy_;
};

TEST_F(broken_way, a_commit_without_an_answer_is_unknown) {
  auto session = through({fault_kind::lost_answer, 3});
  transaction both{session};
  both.execute(insert_(1));
  const auto failed = failure_of([&] { both.commit(); });
  EXPECT_TRUE(failed.connection_is_lost());
  EXPECT_TRUE(failed.outcome_is_unknown());
  EXPECT_FALSE(failed.may_retry());
  EXPECT_EQ(failed.statement(), "COMMIT");
  EXPECT_EQ(rows(), "1") << "it was done";
}

TEST_F(broken_way, a_commit_that_never_arrived_is_unknown_too) {
  // Of the client's messages: one to log in, four for BEGIN, four for the first use of the statement, one to sync.
  auto session = through({fault_kind::cut, 11});
  transaction both{session};
  both.execute(insert_(1));
  ASSERT_FALSE(proxy_->has_struck());
  const auto failed = failure_of([&] { both.commit(); });
  EXPECT_TRUE(failed.connection_is_lost() && failed.outcome_is_unknown());
  EXPECT_EQ(rows(), "");
}

TEST_F(broken_way, before_the_commit_nothing_has_happened) {
  auto session = through({fault_kind::lost_answer, 3});
  transaction both{session};
  both.execute(insert_(1));
  const auto failed = failure_of([&] { both.execute(insert_(2)); });
  EXPECT_TRUE(failed.connection_is_lost() && failed.may_retry());
  EXPECT_FALSE(failed.outcome_is_unknown());
  EXPECT_EQ(rows(), "");
}

TEST_F(broken_way, a_commit_by_hand_without_an_answer_is_unknown) {
  auto session = through({fault_kind::lost_answer, 4});
  session.execute("BEGIN");
  session.execute(insert_(1));
  EXPECT_TRUE(failure_of([&] { session.execute(" commit;"); }).outcome_is_unknown());
  EXPECT_EQ(rows(), "1");
}

TEST_F(broken_way, a_statement_of_its_own_without_an_answer_is_unknown) {
  for (const auto kind : {fault_kind::lost_answer, fault_kind::half_answer}) {
    auto session = through({kind, 2});
    const auto failed = failure_of([&] { session.execute("INSERT INTO t SELECT count(*) FROM t"); });
    EXPECT_TRUE(failed.connection_is_lost() && failed.outcome_is_unknown());
  }
  EXPECT_EQ(rows(), "0,1");
}

TEST_F(broken_way, of_several_those_that_were_answered_are_known) {
  auto session = through({fault_kind::lost_answer, 3});
  const auto outcomes = session.execute_each({{insert_(1)}, {insert_(2)}, {insert_(3)}});
  EXPECT_TRUE(outcomes[0].is_committed());
  EXPECT_TRUE(outcomes[1].failure->outcome_is_unknown());
  EXPECT_TRUE(outcomes[2].failure->outcome_is_unknown());
}

TEST(synchronous_standby, a_wait_that_is_cut_short_is_a_warning_of_its_statement) {
  cluster lonely{{.settings = {{"synchronous_standby_names", "nobody"}}}};
  connection session{{.url = url_of(lonely.admin()),
                      .settings = {{"synchronous_commit", "on"}},
                      .cancel_timeout = std::chrono::seconds{20}}};
  session.execute("SET synchronous_commit = local");
  session.execute("CREATE TABLE t (n int)");
  session.execute("SET synchronous_commit = on");
  const statement insert{"INSERT INTO t VALUES ($1)"};
  session.set_deadline(milliseconds{100});
  const auto alone = session.execute(insert(1));
  EXPECT_TRUE(alone.has_warning("01000"));
  ASSERT_EQ(alone.notices().size(), 1U);
  EXPECT_THAT(alone.notices()[0].detail, HasSubstr("might not have been replicated"));
  session.set_deadline({});
  transaction both{session};
  both.execute(insert(2));
  session.set_deadline(milliseconds{100});
  EXPECT_TRUE(both.commit().has_warning("01000"));
  session.set_deadline(milliseconds{100});
  const auto outcomes = session.execute_each({{"SELECT 1"}, {insert(3), insert(4)}, {"SELECT 1"}});
  EXPECT_TRUE(outcomes[0].results.back().notices().empty());
  EXPECT_TRUE(outcomes[1].results.back().has_warning("01000"));
  session.set_deadline({});
  EXPECT_EQ(session.execute("SELECT count(*) FROM t").front()[0].as<int>(), 4);
}

}  // namespace
}  // namespace innkeeper::test
