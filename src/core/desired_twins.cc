#include "core/desired_twins.h"

#include <iterator>
#include <set>
#include <vector>

namespace innkeeper {
namespace {

// Passes over what is desired once for all pairs, since there may be as many of them as services.
class twin_builder {
 public:
  twin_builder(const estate& all, const log_in_pairs& pairs, desired_server& into)
      : all_{all}, pairs_{pairs}, into_{into} {}

  void add() {
    add_roles();
    append(into_.memberships, twins_of(into_.memberships, &desired_membership::member));
    append(into_.role_settings, twins_of(into_.role_settings, &desired_role_setting::role));
    double_connections();
  }

 private:
  // From the begin of the first rotation on there should be one.
  [[nodiscard]] static bool has_twin(const log_in_pair& pair) {
    return pair.has_twin || doubles_connections(pair.state);
  }
  [[nodiscard]] static bool are_both_in_use(const log_in_pair& pair) {
    return pair.is_known ? doubles_connections(pair.state) : has_twin(pair);
  }

  [[nodiscard]] const log_in_pair* pair_of(const role_name& log_in) const {
    const auto found = pairs_.find(log_in);
    return found == pairs_.end() ? nullptr : &found->second;
  }

  // A log-in of a pair that is not among them is one that nobody asks for: retired.
  void add_roles() {
    std::vector<desired_role> twins;
    for (auto& role : into_.roles) {
      const auto* pair = pair_of(role.name);
      if (pair == nullptr) continue;
      into_.pairs.push_back({*pair, role.from});
      if (has_twin(*pair)) {
        desired_role twin = role;
        twin.name = pair->twin;
        twin.can_login = pair->on_twin || pair->is_other_open();
        twin.is_turning = !pair->on_twin || pair->state == rotation_state::renewing;
        twins.push_back(std::move(twin));
      }
      role.can_login = !pair->on_twin || pair->is_other_open();
      role.is_turning = pair->on_twin || pair->state == rotation_state::renewing;
    }
    append(into_.roles, std::move(twins));
  }

  // The same rows for the twin.
  template <class Row>
  [[nodiscard]] std::vector<Row> twins_of(const std::vector<Row>& rows, role_name Row::*whose) const {
    std::vector<Row> twins;
    for (const auto& row : rows) {
      const auto* pair = pair_of(row.*whose);
      if (pair == nullptr || !has_twin(*pair)) continue;
      twins.push_back(row);
      twins.back().*whose = pair->twin;
    }
    return twins;
  }

  template <class Row>
  static void append(std::vector<Row>& rows, std::vector<Row> more) {
    rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  // Both have sessions for a while.
  void double_connections() {
    std::map<std::string, int> more;
    for (const auto& service : all_.services) {
      if (service.server != into_.name) continue;
      const auto* pair = pair_of(service.user.value);
      if (pair != nullptr && are_both_in_use(*pair)) more.emplace(service.name, service.connections.value);
    }
    if (more.empty()) return;
    for (auto& database : into_.databases) {
      for (const auto& name : std::set<std::string>{database.services.begin(), database.services.end()}) {
        if (const auto found = more.find(name); found != more.end()) database.connection_limit += found->second;
      }
    }
  }

  const estate& all_;
  const log_in_pairs& pairs_;
  desired_server& into_;
};

}  // namespace

void add_twins(const estate& all, const log_in_pairs& pairs, desired_server& into) {
  if (!pairs.empty()) twin_builder{all, pairs, into}.add();
}

}  // namespace innkeeper
