#pragma once
// What the proof asks, one table row a probe: to add one, write its function in catalog_probes.cc or log_in_probes.cc
// and add its row to probe.cc. Catalog probes judge what was observed; log-in probes say what to try as which log-in,
// exec/prove.h tries it, and proof.h judges what came of it. Pure.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"
#include "core/name.h"

namespace innkeeper {

enum class gravity { low, medium, high, critical };

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

enum class expectation { works, refused };
enum class credential { own, wrong };

// One thing to try as one log-in in one database. Without statements, getting in is the attempt. Statements run in one
// transaction that is always rolled back.
struct attempt {
  std::string probe;
  role_name log_in;
  database_name database;
  credential with = credential::own;
  std::vector<std::string> statements;
  expectation expects = expectation::refused;
  std::vector<std::string> expected_row;  // of the last statement that returns rows; empty: any
  bool is_control = false;                // where it fails, no refusal of this log-in proves anything
  gravity how_bad = gravity::critical;
  std::string aim;        // "enter database "cafe"", fits behind "log-in "x" could" and "could not"
  std::string statement;  // that would mend a success

  friend bool operator==(const attempt&, const attempt&) = default;
};

// What came of an attempt.
struct outcome {
  bool tried = false;
  bool entered = false;  // the session was there
  bool worked = false;
  std::string sqlstate;
  std::string message;           // the server's primary message
  std::vector<std::string> row;  // the last row that the statements returned
  std::string problem;           // why it was not tried

  friend bool operator==(const outcome&, const outcome&) = default;
};

class proof_facts;
struct log_in_facts;

struct probe {
  std::string_view id;
  std::string_view title;
  probe_class kind = probe_class::catalog;
  gravity how_bad = gravity::critical;
  judgement (*judge)(const proof_facts& facts, const probe& self) = nullptr;  // catalog
  // Log-in: what to try as this log-in; at most so many of a kind that grows with the number of databases.
  std::vector<attempt> (*attempts)(const proof_facts& facts, const log_in_facts& one, const probe& self,
                                   std::size_t at_most) = nullptr;
};

[[nodiscard]] const std::vector<probe>& all_probes();
[[nodiscard]] std::string_view to_string(verdict one);
[[nodiscard]] std::string_view to_string(gravity one);

// SQLSTATEs with which PostgreSQL says "you may not"; anything else that isn't success proves nothing.
[[nodiscard]] bool is_clear_refusal(const outcome& one);

}  // namespace innkeeper
