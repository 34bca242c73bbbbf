#include "services/checkout/store/group_commit.h"

#include <algorithm>

#include "services/checkout/store/rows.h"

namespace checkout {
namespace {

// Writes a record of its own, so that its commit waits for everything before it, for a synchronous standby too. A
// number for the transaction alone would not do: one that wrote nothing else commits without waiting.
const innkeeper::statement wait_for_all{
    "SELECT pg_catalog.set_config('synchronous_commit', 'on', true), pg_catalog.setval('order_commits_seq', 1)"};

constexpr const char* wait_was_cut_short = "01000";

store_error not_replicated() {
  return {"the wait for the synchronous standby was cut short [01000]", true};
}

// Nothing where what was committed before is durable.
std::optional<store_error> problem_of_the_wait(const innkeeper::transaction_outcome& wait) {
  if (wait.failure) return store_error{to_store_error(*wait.failure).what(), true};
  if (wait.results.back().has_warning(wait_was_cut_short)) return not_replicated();
  return std::nullopt;
}

}  // namespace

innkeeper::result group_commit::run(const innkeeper::statement& one, std::vector<innkeeper::parameter> parameters,
                                    moment deadline) {
  auto mine = std::make_shared<operation>(one, std::move(parameters), deadline);
  std::unique_lock lock{guard_};
  queue_.push_back(mine);
  while (mine->now != state::done) {
    if (mine->now == state::queued && leaders_ < limits_.lanes) {
      if (most_patient() == mine) {
        lead(lock);
        continue;
      }
      most_patient()->changed.notify_one();
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      if (mine->now == state::taken) throw store_error{"no answer from the store in time", true};
      std::erase(queue_, mine);
      if (!queue_.empty()) most_patient()->changed.notify_one();
      throw store_error{"no time left to ask the store", false};
    }
    mine->changed.wait_until(lock, deadline);
  }
  if (mine->problem) throw *mine->problem;
  return *mine->result;
}

// Who leads can't leave before its group is done, and so must be the last who has to.
std::shared_ptr<group_commit::operation> group_commit::most_patient() const {
  return *std::max_element(queue_.begin(), queue_.end(),
                           [](const auto& one, const auto& other) { return one->deadline < other->deadline; });
}

void group_commit::lead(std::unique_lock<std::mutex>& lock) {
  ++leaders_;
  batch all;
  while (!queue_.empty() && all.size() < limits_.most) {
    queue_.front()->now = state::taken;
    all.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  lock.unlock();
  execute(all);
  lock.lock();
  --leaders_;
  for (const auto& one : all) {
    one->now = state::done;
    one->changed.notify_one();
  }
  if (!queue_.empty()) most_patient()->changed.notify_one();  // whose turn it is to lead
}

// The most patient decides how long: whoever hasn't the time leaves by itself, in run().
void group_commit::execute(const batch& all) {
  moment last = moment::min();
  for (const auto& one : all) last = std::max(last, one->deadline);
  const moment limit = std::min(last, std::chrono::steady_clock::now() + limits_.timeout);
  try {
    auto session = pool_.acquire(limit);
    session->set_deadline(limit);
    execute_on(*session, all);
  } catch (const innkeeper::error& problem) {
    for (const auto& one : all) one->problem = to_store_error(problem);
  } catch (const std::exception& problem) {  // those who wait must hear of it, whatever it is
    for (const auto& one : all) one->problem = store_error{problem.what(), true};
  }
}

void group_commit::execute_on(innkeeper::connection& session, const batch& all) {
  const bool is_alone = all.size() == 1;
  std::vector<std::vector<innkeeper::bound_statement>> transactions;
  transactions.reserve(all.size() + 1);
  for (const auto& one : all) {
    one->parameters.emplace_back(is_alone ? "on" : "off");
    transactions.push_back({innkeeper::bound_statement{one->what, std::move(one->parameters)}});
  }
  if (!is_alone) transactions.push_back({wait_for_all()});
  const auto outcomes = session.execute_each(transactions);

  // A group's commits count when the last transaction's does; some may have come after that one.
  std::optional<store_error> group_problem;
  if (!is_alone) {
    group_problem = problem_of_the_wait(outcomes.back());
    const bool some_came_later =
        std::any_of(outcomes.begin(), outcomes.end(), [](const auto& one) { return one.ran_again; });
    if (!group_problem && some_came_later) {
      group_problem = problem_of_the_wait(session.execute_each({{wait_for_all()}}).front());
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& outcome = outcomes[i];
    if (outcome.failure) {
      all[i]->problem = to_store_error(*outcome.failure);
    } else if (group_problem) {
      all[i]->problem = group_problem;
    } else if (outcome.results.back().has_warning(wait_was_cut_short)) {
      all[i]->problem = not_replicated();
    } else {
      all[i]->result = outcome.results.back();
    }
  }
}

void group_commit::settle(moment deadline) {
  try {
    const moment limit = std::min(deadline, std::chrono::steady_clock::now() + limits_.timeout);
    auto session = pool_.acquire(limit);
    session->set_deadline(limit);
    if (session->execute(wait_for_all()).has_warning(wait_was_cut_short)) throw not_replicated();
  } catch (const innkeeper::error& problem) {
    throw to_store_error(problem);
  }
}

}  // namespace checkout
