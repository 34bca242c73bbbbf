#pragma once
// One round trip of a client session in libpq's pipeline mode: everything is queued, sent, and answered in order.
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "pg/client_cancel.h"
#include "pg/client_session.h"
#include "pg/libpq.h"

namespace innkeeper::pg {

// What a session knows from one round trip to the next.
struct client_state {
  owned_session session;  // in pipeline mode and not blocking; none once it is lost
  owned_cancel cancel;
  std::unordered_set<std::uint64_t> kept;  // keys of the statements that the server keeps
  std::vector<std::string> to_forget;      // names that the server keeps, and which are of no use
  std::vector<client_notice> notices;      // that belong to no answer yet
  std::chrono::milliseconds cancel_timeout{0};
  std::optional<canceller> cancelling;  // behind `cancel`, which it uses

  static void hear(void* self, const PGresult* notice);
};

class client_exchange {
 public:
  client_exchange(client_state& state, const std::vector<const client_transaction*>& asked, moment deadline);

  // In the order of what was asked. The session is gone afterwards where it was lost.
  [[nodiscard]] std::vector<client_outcome> run();

 private:
  enum class step_kind { forget, prepare, execute };
  // One message to the server that gets an answer.
  struct step {
    step_kind kind;
    const client_call* call;  // null where it forgets
    std::string forgets;      // a statement's name; "": all
  };
  using steps = std::vector<step>;

  void queue_all();
  void queue_forgetting(steps& into);
  void queue_call(const client_call& call, steps& into);
  [[nodiscard]] bool is_kept(std::uint64_t key) const;
  void flush();

  [[nodiscard]] client_outcome collect(std::size_t number);
  [[nodiscard]] owned_result next();
  void take(owned_result one, const step* of, client_outcome& into);
  void note_success(const step& of);
  [[nodiscard]] client_failure failure_of(const PGresult* failed, const step* of);
  [[nodiscard]] bool note_stale(const PGresult* failed, const step* of);
  [[nodiscard]] client_failure loss_of(std::size_t number) const;
  [[nodiscard]] bool may_have_happened(std::size_t number) const;

  [[nodiscard]] bool wait(short what);
  void lose(error_facts facts);
  void settle();

  client_state& state_;
  const std::vector<const client_transaction*>& asked_;
  std::vector<steps> steps_;                  // of each transaction
  std::unordered_set<std::uint64_t> queued_;  // preparations under way
  const moment deadline_;
  moment limit_;  // later than the deadline while the answer to a cancellation is awaited
  const bool began_in_block_;
  bool forgets_all_ = false;
  bool is_late_ = false;

  std::optional<error_facts> loss_;
  std::size_t lost_at_ = 0;      // the transaction whose answer was awaited then
  std::size_t awaited_ = 0;      // whose answer is awaited now
  std::size_t steps_done_ = 0;   // of that one
  bool server_hung_up_ = false;  // and said so, instead of answering
};

}  // namespace innkeeper::pg
