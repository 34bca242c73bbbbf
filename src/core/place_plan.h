#pragma once
// What stands in the places of a service's secrets against what should: which keys are to be written, and which another
// hand's are, to be told and left alone. Pure; values are compared and never shown.
#include <map>
#include <string>
#include <vector>

#include "core/observed.h"
#include "core/placed_secret.h"
#include "core/plan.h"
#include "core/secret_content.h"

namespace innkeeper {

// One place of one service, as it was found.
struct place_look {
  enum class state {
    absent,
    present,
    unreadable,
    out_of_reach,  // not to be had from here, as a whole: left out, and that is told
  };

  std::string service;
  std::string owner;  // "estate/service"
  secret_sink sink;
  state is = state::absent;
  std::string problem;  // why it can't be read, or reached
  std::string kept_by;  // a tool that would undo what is written there
  placed_values values;
  // What should stand there. Before the first apply the password isn't known, and then only keys are.
  bool knows_password = false;
  secret_content wanted;
  role_name user;
  std::optional<secret> password;
  // The server is not known to have the kept password: it must not replace another one that may work.
  bool is_in_doubt = false;
  // Of keys that hold another password than the kept one: does it log in? Keys that nobody tried are not here.
  std::map<std::string, bool> logs_in;
};

enum class key_truth {
  right,             // ours, and as it should be
  missing,           // not there
  outdated,          // ours, and something else should be there by now
  unclaimed,         // another hand's, and the same connection: becomes ours
  altered,           // ours, and another hand changed it since
  foreign,           // another hand's, and something else
  of_another_owner,  // another service's or estate's
  unwanted,          // ours, and no longer declared
};

struct judged_key {
  std::string name;
  key_truth truth = key_truth::right;
  location where;

  friend bool operator==(const judged_key&, const judged_key&) = default;
};

// Of a readable place, in the declaration's order; unwanted keys at the end.
[[nodiscard]] std::vector<judged_key> judge(const place_look& look);

// Keys of a place that hold a log-in which isn't the kept one: worth trying before they are told.
[[nodiscard]] std::vector<placed_log_in> log_ins_to_try(const place_look& look);

// What write() is to be given, with those that are right already; std::nullopt where there is nothing to write.
[[nodiscard]] std::optional<std::map<std::string, secret>> keys_to_write(const place_look& look, bool overwrites);

[[nodiscard]] bool overwrites_secrets_of(const plan_policy& policy, const std::string& service);

// Puts a step for each place to write before all others, and tells what another hand did.
void plan_places(plan& to, const std::vector<place_look>& looks, const plan_policy& policy);

}  // namespace innkeeper
