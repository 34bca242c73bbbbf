#pragma once
// Commits that are made together: whoever comes while a commit is running waits for the next one, with all others who
// came meanwhile; nobody waits on purpose. There is no thread for it: one of those who wait does the work of all.
//
// Each is a transaction of its own, so that one that fails leaves its neighbours alone. In a group they commit without
// waiting for the disk, and one last transaction waits for all of them; none is reported before.
#include <innkeeper/pool.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "services/checkout/store.h"

namespace checkout {

struct group_commit_limits {
  int lanes = 2;                            // groups at once, each on a connection of its own
  std::size_t most = 64;                    // of one group
  std::chrono::milliseconds timeout{5000};  // of one group
};

class group_commit {
 public:
  group_commit(innkeeper::pool& from, group_commit_limits limits) : pool_{from}, limits_{limits} {}

  // The statement's last parameter says whether its commit waits: "on" or "off"; it is appended here. Throws
  // store_error.
  innkeeper::result run(const innkeeper::statement& one, std::vector<innkeeper::parameter> parameters, moment deadline);

  // Waits until what was committed before is durable.
  void settle(moment deadline);

 private:
  enum class state { queued, taken, done };
  struct operation {
    operation(const innkeeper::statement& one, std::vector<innkeeper::parameter> with, moment until)
        : what{one}, parameters(std::move(with)), deadline{until} {}
    const innkeeper::statement& what;
    std::vector<innkeeper::parameter> parameters;
    const moment deadline;
    state now = state::queued;
    std::optional<innkeeper::result> result;
    std::optional<store_error> problem;
    std::condition_variable changed;
  };
  using batch = std::vector<std::shared_ptr<operation>>;

  [[nodiscard]] std::shared_ptr<operation> most_patient() const;  // of the queue, which isn't empty
  void lead(std::unique_lock<std::mutex>& lock);
  void execute(const batch& all);
  static void execute_on(innkeeper::connection& session, const batch& all);

  innkeeper::pool& pool_;
  const group_commit_limits limits_;
  std::mutex guard_;
  std::deque<std::shared_ptr<operation>> queue_;
  int leaders_ = 0;
};

}  // namespace checkout
