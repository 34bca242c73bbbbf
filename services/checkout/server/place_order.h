#pragma once
// PlaceOrder from the request to the confirmed order: the steps of the contract, in their order.
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "services/checkout/server/fulfilment.h"

namespace checkout {

struct order_call {
  place_order_request request;
  call_scope scope;
  std::function<bool()> has_gone;  // whether the caller gave up
};

class place_order {
 public:
  // Without a store orders are forgotten, as by the service that this one takes the place of.
  place_order(peers& via, order_store* store, fulfilment* afterwards, const saga_times& times);

  // The confirmed order. Throws refused.
  [[nodiscard]] stored_order run(const order_call& call);

  // Orders that may have been recorded, and certainly aren't charged: makes sure that they say so.
  void abandon_leftovers();

 private:
  struct leftover {
    std::string order_id;
    moment latest;  // it isn't recorded after this
  };
  [[nodiscard]] bool is_over(const leftover& one);

  [[nodiscard]] stored_order run_with_store(const order_call& call);
  [[nodiscard]] stored_order run_without_store(const order_call& call);

  struct prepared {
    order draft;
    store_time cart_read_at;  // where there is a store
  };
  [[nodiscard]] prepared prepare(const order_call& call);
  [[nodiscard]] std::vector<order_line> price(const order_call& call, const cart& items);
  [[nodiscard]] money shipping_cost(const order_call& call, const cart& items);
  void require_payment(const order_call& call);

  // T1.
  enum class outcome { recorded, answered, outdated };
  struct recording {
    outcome how = outcome::recorded;
    std::optional<stored_order> answer;  // answered: somebody else's order is what this call asked for
  };
  [[nodiscard]] recording record(const order_call& call, const prepared& one, moment until);
  [[nodiscard]] bool try_to_record(const order_call& call, const prepared& one);
  [[nodiscard]] std::optional<stored_order> answer_by(const order_call& call, const order& draft,
                                                      const stored_order& obstacle, moment until);

  [[nodiscard]] stored_order acknowledge(const order_call& call, stored_order confirmed);
  [[nodiscard]] stored_order answer_again(const order_call& call, const stored_order& earlier);
  [[nodiscard]] stored_order carry_on(const order_call& call, stored_order paid, moment until);
  [[nodiscard]] std::optional<stored_order> find_by_key(const order_call& call);
  [[nodiscard]] std::optional<stored_order> replay(const order_call& call);
  [[nodiscard]] stored_order wait_while_pending(const order_call& call, stored_order other, moment until);

  template <class Question>
  auto ask_store(const order_call& call, Question question) const;
  [[nodiscard]] moment store_deadline(const order_call& call) const;
  void require_caller(const order_call& call) const;
  [[noreturn]] void fail(const order_call& call, refusal why) const;

  peers& peers_;
  order_store* const store_;
  fulfilment* const afterwards_;
  const saga_times times_;
  std::mutex guard_;
  std::vector<leftover> leftovers_;
};

}  // namespace checkout
