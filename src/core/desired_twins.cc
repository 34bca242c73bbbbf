#include "core/desired_twins.h"

#include <algorithm>

namespace innkeeper {
namespace {

class twin_builder {
 public:
  twin_builder(const estate& all, const log_in_pair& pair, desired_server& into)
      : all_{all}, pair_{pair}, into_{into} {}

  void add() {
    const auto found = std::ranges::find(into_.roles, pair_.log_in, &desired_role::name);
    if (found == into_.roles.end()) return;  // nobody asks for it: retired
    into_.pairs.push_back({pair_, found->from});
    if (has_twin()) {
      add_role(*found);
      add_memberships();
      add_settings();
    }
    if (pair_.is_known ? doubles_connections(pair_.state) : has_twin()) double_connections();
    auto& own = *std::ranges::find(into_.roles, pair_.log_in, &desired_role::name);
    own.can_login = !pair_.on_twin || pair_.is_other_open();
    own.is_turning = pair_.on_twin || pair_.state == rotation_state::renewing;
  }

 private:
  // From the begin of the first rotation on there should be one.
  [[nodiscard]] bool has_twin() const { return pair_.has_twin || doubles_connections(pair_.state); }

  void add_role(desired_role twin) {
    twin.name = pair_.twin;
    twin.can_login = pair_.on_twin || pair_.is_other_open();
    twin.is_turning = !pair_.on_twin || pair_.state == rotation_state::renewing;
    into_.roles.push_back(std::move(twin));
  }

  void add_memberships() {
    std::vector<desired_membership> more;
    for (const auto& one : into_.memberships) {
      if (one.member == pair_.log_in) more.push_back({one.role, pair_.twin, one.inherit, one.from});
    }
    into_.memberships.insert(into_.memberships.end(), more.begin(), more.end());
  }

  void add_settings() {
    std::vector<desired_role_setting> more;
    for (const auto& one : into_.role_settings) {
      if (one.role == pair_.log_in) more.push_back({pair_.twin, one.database, one.name, one.value, one.from});
    }
    into_.role_settings.insert(into_.role_settings.end(), more.begin(), more.end());
  }

  // Both have sessions for a while.
  void double_connections() {
    for (const auto& service : all_.services) {
      if (service.server != into_.name || service.user.value != pair_.log_in) continue;
      const auto database = std::ranges::find(into_.databases, service.database.value, &desired_database::name);
      const bool is_served = database != into_.databases.end() &&
                             std::ranges::find(database->services, service.name) != database->services.end();
      if (is_served) database->connection_limit += service.connections.value;
    }
  }

  const estate& all_;
  const log_in_pair& pair_;
  desired_server& into_;
};

}  // namespace

void add_twins(const estate& all, const log_in_pairs& pairs, desired_server& into) {
  for (const auto& [name, pair] : pairs) twin_builder{all, pair, into}.add();
}

}  // namespace innkeeper
