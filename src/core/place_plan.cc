#include "core/place_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace innkeeper {
namespace {

bool is_external(const place_look& look) {
  return look.sink.managed_by == secret_manager::external;
}

const placed_value* value_at(const place_look& look, const std::string& key) {
  const auto found = look.values.find(key);
  return found == look.values.end() ? nullptr : &found->second;
}

// Whose words stand there. `service create` works for the same service as an estate that names it: the estate takes
// over what it wrote, and it leaves to the estate what that wrote.
enum class hand { ours, made_for_us, our_estates, another_owners, nobodys };

hand hand_of(const place_look& look, const placed_value& there) {
  if (there.owner.empty()) return hand::nobodys;
  if (there.owner == look.owner) return hand::ours;
  const std::string by_service_create = "/" + look.service;
  if (there.owner == by_service_create) return hand::made_for_us;
  if (look.owner == by_service_create && there.owner.ends_with(by_service_create)) return hand::our_estates;
  return there.is_altered ? hand::nobodys : hand::another_owners;
}

key_truth truth_of_key(const place_look& look, const std::string& key, const secret* wanted) {
  const auto* there = value_at(look, key);
  if (there == nullptr) return key_truth::missing;
  const auto whose = hand_of(look, *there);
  if (whose == hand::another_owners) return key_truth::of_another_owner;
  if (whose == hand::our_estates && !there->is_altered) return key_truth::right;
  if (wanted == nullptr) return whose == hand::ours ? key_truth::right : key_truth::foreign;
  const bool is_as_wanted = there->value == *wanted;
  if (whose == hand::ours && is_as_wanted && !there->is_altered) return key_truth::right;
  if (is_as_wanted || says_the_same(there->value, *wanted))
    return whose == hand::ours && !there->is_altered ? key_truth::outdated : key_truth::unclaimed;
  if (whose == hand::nobodys || whose == hand::our_estates) return key_truth::foreign;
  return there->is_altered ? key_truth::altered : key_truth::outdated;
}

// An optional key of a preset, or one that can't be said, is none.
bool is_wanted(const place_look& look, const secret_key& key) {
  if (!look.knows_password) return !key.content.is_optional;
  return look.wanted.values.contains(key.name);
}

bool is_to_write(key_truth truth, bool overwrites) {
  switch (truth) {
    case key_truth::missing:
    case key_truth::outdated:
    case key_truth::unclaimed:
    case key_truth::unwanted:
      return true;
    case key_truth::altered:
    case key_truth::foreign:
      return overwrites;
    case key_truth::right:
    case key_truth::of_another_owner:
      return false;
  }
  return false;
}

const placed_log_in* log_in_at(const std::vector<placed_log_in>& all, const std::string& key) {
  const auto found = std::ranges::find(all, key, &placed_log_in::key);
  return found == all.end() ? nullptr : &*found;
}

// "file .innkeeper/cafe.env: CAFE_POSTGRES_URL"
std::string key_in(const place_look& look, const std::string& key) {
  return fmt::format("secret {}: {}", name_of(look.sink), key);
}

std::string log_in_words(const place_look& look, const placed_log_in* there) {
  if (there == nullptr || !look.password) return {};
  if (there->password == look.password) {
    return there->user.empty() || there->user == look.user
               ? "; it holds the kept password, with another address, database or setting"
               : fmt::format("; it names the log-in \"{}\"", there->user);
  }
  const auto tried = look.logs_in.find(there->key);
  if (tried == look.logs_in.end()) return "; it holds another password, which was not tried";
  return tried->second ? "; it holds another password, which logs in"
                       : "; it holds another password, which doesn't log in";
}

class place_planner {
 public:
  place_planner(const place_look& look, bool overwrites, plan& to) : look_{look}, overwrites_{overwrites}, to_{to} {}

  // Without a password, now or later in this run, there is nothing to write.
  void run(std::vector<step>& steps, bool is_made) {
    switch (look_.is) {
      case place_look::state::unreadable:
        tell({.text = fmt::format("secret {} can't be read: {}", name_of(look_.sink), look_.problem),
              .fails_service = !is_external(look_),
              .blocks_service = !is_external(look_),
              .topic = "secret.unreadable"});
        return;
      case place_look::state::out_of_reach:
        tell({.text = fmt::format("secret {} is left out: {}", name_of(look_.sink), look_.problem),
              .topic = "secret.out_of_reach",
              .is_advice = true});
        return;
      case place_look::state::absent:
      case place_look::state::present:
        break;
    }
    if (!look_.kept_by.empty() && !is_external(look_)) return refuse_keeper();
    for (const auto& one : look_.wanted.problems) {
      tell({.text = fmt::format("{} can't be written: {}", key_in(look_, one.key), one.text),
            .fails_service = true,
            .from = {.where = one.where},
            .topic = "secret.unsayable"});
    }
    const auto keys = judge(look_);
    for (const auto& key : keys) tell_of(key);
    if (is_external(look_) || !(look_.knows_password || is_made)) return;
    if (!is_made && !overwrites_ && look_.is_in_doubt && has_told_of_doubt(keys)) return;
    add_step(keys, steps);
  }

 private:
  void tell(attention one) {
    one.from.service = look_.service;
    if (one.from.where.line == 0) one.from.where = look_.sink.where;
    to_.attentions.push_back(std::move(one));
  }

  // What stands there may be what the server has, where the kept password isn't.
  bool has_told_of_doubt(const std::vector<judged_key>& keys) {
    const auto all = log_ins_in(look_.values, look_.sink);
    bool has_told = false;
    for (const auto& key : keys) {
      const auto* there = log_in_at(all, key.name);
      if (key.truth != key_truth::outdated || there == nullptr || there->password == look_.password) continue;
      const auto tried = look_.logs_in.find(key.name);
      if (tried != look_.logs_in.end() && !tried->second) continue;
      tell({.text = fmt::format("{} is not the kept password{}; kept as it is", key_in(look_, key.name),
                                log_in_words(look_, there)),
            .statement = fmt::format("innkeeper apply --overwrite-secret {}", look_.service),
            .who = "you",
            .from = {.where = key.where},
            .topic = "secret.doubtful"});
      has_told = true;
    }
    return has_told;
  }

  void refuse_keeper() {
    tell({.text = fmt::format("secret {} is kept by {}, which would undo what is written there: say `managed_by: "
                              "external` for it, so that it is read and verified only, or name another Secret",
                              name_of(look_.sink), look_.kept_by),
          .fails_service = true,
          .blocks_service = true,
          .topic = "secret.kept_by_another"});
  }

  void tell_of(const judged_key& key) {
    const auto tried = look_.logs_in.find(key.name);
    const bool is_the_kept_one = key.truth == key_truth::right || key.truth == key_truth::unclaimed;
    if (is_the_kept_one && tried != look_.logs_in.end() && !tried->second) {
      tell({.text = fmt::format("{} doesn't log in", key_in(look_, key.name)),
            .from = {.where = key.where},
            .topic = "secret.dead"});
    } else if (is_external(look_)) {
      tell_of_external(key);
    } else if (key.truth == key_truth::of_another_owner) {
      tell({.text = fmt::format("{} belongs to {}", key_in(look_, key.name), value_at(look_, key.name)->owner),
            .fails_service = true,
            .from = {.where = key.where},
            .topic = "secret.of_another_owner"});
    } else if ((key.truth == key_truth::altered || key.truth == key_truth::foreign) && !overwrites_) {
      const auto all = log_ins_in(look_.values, look_.sink);
      const auto* there = log_in_at(all, key.name);
      const bool works = there != nullptr && look_.password && there->password == *look_.password;
      const bool is_altered = key.truth == key_truth::altered;
      tell({.text = fmt::format("{} {}{}; kept as it is", key_in(look_, key.name),
                                is_altered ? "was changed by another hand" : "was written by another hand",
                                log_in_words(look_, there)),
            .statement = fmt::format("innkeeper apply --overwrite-secret {}", look_.service),
            .who = "you",
            .from = {.where = key.where},
            .topic = is_altered ? "secret.altered" : "secret.foreign",
            .is_advice = works});
    }
  }

  void tell_of_external(const judged_key& key) {
    const auto in = key_in(look_, key.name);
    if (key.truth == key_truth::missing) {
      tell({.text = fmt::format("{} is not there, and another manager writes it", in),
            .from = {.where = key.where},
            .topic = "secret.external_missing"});
    } else if (key.truth == key_truth::foreign || key.truth == key_truth::altered || key.truth == key_truth::outdated) {
      const auto all = log_ins_in(look_.values, look_.sink);
      const auto* there = log_in_at(all, key.name);
      const bool works = there != nullptr && look_.password && there->password == *look_.password;
      tell({.text = fmt::format("{} is not what this service connects with{}", in, log_in_words(look_, there)),
            .from = {.where = key.where},
            .topic = "secret.external_differs",
            .is_advice = works});
    }
  }

  void add_step(const std::vector<judged_key>& keys, std::vector<step>& steps) {
    steps::write_secret write{.place = name_of(look_.sink), .is_new = look_.is == place_look::state::absent};
    for (const auto& key : keys) {
      if (!is_to_write(key.truth, overwrites_)) continue;
      (key.truth == key_truth::unwanted ? write.removed : write.keys).push_back(key.name);
    }
    if (write.keys.empty() && write.removed.empty()) return;
    steps.push_back({.what = std::move(write),
                     .scope = step_scope::place,
                     .from = {.service = look_.service, .where = look_.sink.where}});
  }

  const place_look& look_;
  bool overwrites_;
  plan& to_;
};

}  // namespace

std::vector<judged_key> judge(const place_look& look) {
  std::vector<judged_key> keys;
  std::set<std::string> declared;
  for (const auto& key : look.sink.keys) {
    declared.insert(key.name);
    if (!is_wanted(look, key)) {
      // What is ours, and can't be said any more, goes; what can't be said for want of a source stays.
      const auto* there = value_at(look, key.name);
      const bool has_problem =
          std::ranges::find(look.wanted.problems, key.name, &content_problem::key) != look.wanted.problems.end();
      if (there != nullptr && there->owner == look.owner && !there->is_altered && look.knows_password && !has_problem)
        keys.push_back({key.name, key_truth::unwanted, key.where});
      continue;
    }
    const auto wanted = look.wanted.values.find(key.name);
    keys.push_back({key.name,
                    truth_of_key(look, key.name, wanted == look.wanted.values.end() ? nullptr : &wanted->second),
                    key.where});
  }
  for (const auto& [name, value] : look.values) {
    if (value.owner == look.owner && !value.is_altered && !declared.contains(name))
      keys.push_back({name, key_truth::unwanted, look.sink.where});
  }
  return keys;
}

std::vector<placed_log_in> log_ins_to_try(const place_look& look) {
  std::vector<placed_log_in> found;
  if (look.is != place_look::state::present || !look.password) return found;
  const auto all = log_ins_in(look.values, look.sink);
  for (const auto& key : judge(look)) {
    const bool is_strange =
        key.truth == key_truth::altered || key.truth == key_truth::foreign || key.truth == key_truth::outdated;
    const auto* there = log_in_at(all, key.name);
    if (is_strange && there != nullptr && there->password != look.password) found.push_back(*there);
  }
  return found;
}

std::optional<std::map<std::string, secret>> keys_to_write(const place_look& look, bool overwrites) {
  const bool is_open = look.is == place_look::state::absent || look.is == place_look::state::present;
  if (is_external(look) || !is_open) return std::nullopt;
  std::map<std::string, secret> values;
  bool has_change = false;
  for (const auto& key : judge(look)) {
    has_change = has_change || is_to_write(key.truth, overwrites);
    const auto* there = value_at(look, key.name);
    const bool is_ours = key.truth == key_truth::right && there != nullptr && there->owner == look.owner;
    const bool is_ours_then = is_ours || is_to_write(key.truth, overwrites);
    if (!is_ours_then || key.truth == key_truth::unwanted) continue;
    if (const auto value = look.wanted.values.find(key.name); value != look.wanted.values.end()) values.insert(*value);
  }
  // What can't be said just now, for want of a source, stays as it is.
  for (const auto& one : look.wanted.problems) {
    const auto* there = value_at(look, one.key);
    if (there != nullptr && there->owner == look.owner && !there->is_altered) values.emplace(one.key, there->value);
  }
  if (!has_change) return std::nullopt;
  return values;
}

bool overwrites_secrets_of(const plan_policy& policy, const std::string& service) {
  return policy.overwrite_every_secret || policy.overwrite_secrets.contains(service);
}

void plan_places(plan& to, const std::vector<place_look>& looks, const plan_policy& policy) {
  std::set<role_name> made;  // log-ins whose password this plan makes
  for (const auto& one : to.steps) made.insert(needs_secret_of(one));
  std::vector<step> steps;
  for (const auto& look : looks) {
    if (!policy.services.empty() && !policy.services.contains(look.service)) continue;
    place_planner planner{look, overwrites_secrets_of(policy, look.service), to};
    planner.run(steps, made.contains(look.user));
  }
  to.steps.insert(to.steps.begin(), std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end()));
  leave_out_blocked(to);
}

}  // namespace innkeeper
