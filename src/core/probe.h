#pragma once
// What the proof asks, one table row a probe: to add one, write its function in one of the *_probes.cc and add
// its row to probe.cc. Catalog probes judge what was observed; log-in probes say what to try as which log-in,
// exec/prove.h tries it, and proof.h judges what came of it. Pure.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/attempt.h"
#include "core/diagnostic.h"
#include "core/name.h"

namespace innkeeper {

// What a finding says. A check that finds nothing is proved, and only counted.
enum class verdict {
  leak,        // somebody can do what nothing declares
  failed,      // a control did not work, or an answer was neither success nor a clear refusal: nothing is proved
  drift,       // the server differs from the manifest
  unprovable,  // a right or a secret is missing, said which
  advice,
};

// Why a finding is lived with, and how long: of the manifest's accept: list.
struct acceptance {
  std::string reason;
  std::chrono::year_month_day until;
  location where;

  friend bool operator==(const acceptance&, const acceptance&) = default;
};

struct finding {
  std::string probe;  // "P3"; "drift" for a step that is left
  verdict says = verdict::leak;
  gravity how_bad = gravity::medium;
  std::string service;
  role_name log_in;
  database_name database;
  std::string text;       // one line: who can do what
  std::string detail;     // facts
  std::string statement;  // that mends it; empty where none would
  location where;
  std::optional<acceptance> accepted;  // then it is shown, and counts as accepted only

  friend bool operator==(const finding&, const finding&) = default;
};

enum class probe_class { catalog, log_in, disruptive };

// What a probe's checks found. `checks` counts the findings too, except advice, which is no check.
struct judgement {
  int checks = 0;
  std::vector<finding> findings;
};

class proof_facts;
struct log_in_facts;

// How much to try as one log-in.
struct attempt_scope {
  std::size_t doors = 0;    // attempts to enter, of all probes together
  std::size_t victims = 0;  // others that it attacks from its own session
  std::size_t roads = 1;    // ways to the server
};

struct probe {
  std::string_view id;
  std::string_view title;
  probe_class kind = probe_class::catalog;
  gravity how_bad = gravity::critical;
  judgement (*judge)(const proof_facts& facts, const probe& self) = nullptr;  // catalog
  // Log-in and disruptive: what to try as this log-in, in its own sessions and at doors.
  std::vector<attempt> (*attempts)(const proof_facts& facts, const log_in_facts& one, const probe& self,
                                   const attempt_scope& scope) = nullptr;
  // What to try inside another's database, should its door open; the same for every log-in.
  std::vector<attempt> (*inside)(const proof_facts& facts, const database_name& victim, const probe& self) = nullptr;
};

[[nodiscard]] const std::vector<probe>& all_probes();
[[nodiscard]] std::string_view to_string(verdict one);
[[nodiscard]] std::string_view to_string(gravity one);

}  // namespace innkeeper
