#pragma once
// The difference between what a manifest wants and what a server holds, as an ordered list of steps. A pure function:
// the same input gives the same plan on every machine, and after an apply it is empty.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/desired.h"
#include "core/observed.h"
#include "core/step.h"

namespace innkeeper {

// What we last knew to be right on the server, from the registry.
struct remembered_password {
  std::string fingerprint;  // of the verifier, see password_truth.h
  std::string when;         // "2026-11-21 15:40 UTC"
  std::string who;          // "alice@build-7"

  friend bool operator==(const remembered_password&, const remembered_password&) = default;
};

// What the secrets' places hold for a log-in. Never printed.
struct known_secret {
  enum class state { absent, present, unreadable };
  state is = state::absent;
  secret verifier;      // when present
  std::string problem;  // when unreadable
  // Where verifiers can't be read on the server: did a log-in with the secret work?
  fact<bool> log_in_works;
  // Where the server's verifier is another one: is it nevertheless of the kept password?
  fact<bool> fits_server;
  std::optional<remembered_password> remembered;
};

using known_secrets = std::map<role_name, known_secret>;

struct plan_policy {
  std::set<std::string> services;       // empty: all; else only these, and what they need
  std::set<role_name> reset_passwords;  // drift made by another hand is mended for these only
  bool reset_every_password = false;
  std::set<std::string> overwrite_secrets;  // services whose keys are written where another hand changed them
  bool overwrite_every_secret = false;
};

// What this admin can't or mustn't mend: shown, never run.
struct attention {
  std::string text;
  std::string statement;        // that would mend it; empty: none
  std::string who;              // who can run it: "a superuser", "you"; empty with no statement
  bool fails_service = false;   // something required is impossible: the service counts as failed
  bool lacks_right = false;     // because the admin lacks the right that the statement gives
  bool blocks_service = false;  // and nothing of the service may be touched
  bool may_retry = false;       // it may be over soon
  origin from;
  std::string topic;              // for programs: "password.server_drifted"; mostly empty
  bool is_advice = false;         // worth knowing, and nothing is missing
  database_name database;         // where the statement has to run; empty: in any
  std::vector<role_name> alters;  // roles that the statement alters, and that may not be there yet

  friend bool operator==(const attention&, const attention&) = default;
};

// Of this estate by its marks, and in no manifest, or retired. For people to know; nothing touches it.
struct leftover_service {
  std::string service;
  database_name database;  // empty: only roles are left of it
  std::vector<role_name> roles;
  std::string retired_since;  // "2026-11-21T16:00:00Z"; empty: in service
  bool is_declared = false;
  bool is_open = false;     // retired, and a step of retiring is still to do
  bool is_cut_off = false;  // a DROP DATABASE was, or a prune
  std::string next;         // the command that takes it one step further

  friend bool operator==(const leftover_service&, const leftover_service&) = default;
};

// A right that this admin lacks, as the statement to ask for.
struct missing_right {
  enum class need { apply, proof };
  std::string statement;
  database_name database;  // where to run it
  std::string who;         // who can: "a superuser"
  std::string why;
  need needed_for = need::apply;

  friend bool operator==(const missing_right&, const missing_right&) = default;
};

struct plan {
  std::string server;
  std::vector<step> steps;  // in the order of execution
  std::vector<attention> attentions;
  std::vector<leftover_service> leftovers;
  std::vector<missing_right> preflight;       // in the order to run them
  diagnostics problems;                       // errors here: nothing may be applied
  std::map<database_name, bool> seen_inside;  // of the databases looked into: was there nothing to do or tell?

  [[nodiscard]] bool empty() const { return steps.empty(); }
  friend bool operator==(const plan&, const plan&) = default;
};

[[nodiscard]] plan make_plan(const desired_server& desired, const observed_server& observed,
                             const known_secrets& secrets, const plan_policy& policy);

// A service that must not be touched (blocks_service) keeps its attention and loses its steps; its neighbours go on.
void leave_out_blocked(plan& result);

// Which databases' contents make_plan looks at.
[[nodiscard]] std::vector<database_name> databases_to_look_into(const desired_server& desired,
                                                                const plan_policy& policy);

}  // namespace innkeeper
