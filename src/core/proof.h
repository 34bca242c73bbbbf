#pragma once
// The proof of one server: what to try, what the answers mean, and who can enter which database. Pure; exec/prove.h
// observes and tries.
#include <cstdint>
#include <string>
#include <vector>

#include "core/attempt_plan.h"
#include "core/exit_code.h"
#include "core/plan.h"
#include "core/probe.h"
#include "core/proof_facts.h"
#include "core/quick.h"

namespace innkeeper {

enum class access_cell : std::uint8_t {
  own,      // the log-in's service lives here, alone
  shared,   // and so does another one, or the log-in serves several: both declared
  reads,    // a declared reader
  refused,  // tried
  closed,   // refused, as the catalogs say; not tried
  leak,
  failed,  // a control did not work, or the answer was unclear
  unknown  // neither tried nor observed
};

struct access_row {
  role_name log_in;
  std::vector<std::string> services;
  std::vector<access_cell> cells;  // one per column

  friend bool operator==(const access_row&, const access_row&) = default;
};

struct access_matrix {
  std::vector<database_name> columns;
  std::vector<access_row> rows;

  friend bool operator==(const access_matrix&, const access_matrix&) = default;
};

// How one row of the table of probes went.
struct probe_tally {
  std::string id;
  std::string title;
  probe_class kind = probe_class::catalog;
  int checks = 0;
  int leaks = 0;
  int failed = 0;
  int unprovable = 0;

  friend bool operator==(const probe_tally&, const probe_tally&) = default;
};

// An item of hardening that the manifest switches off.
struct switched_off {
  std::string item;     // "wal_messages"
  std::string service;  // empty: the server's own
  std::string reason;
  location where;

  friend bool operator==(const switched_off&, const switched_off&) = default;
};

// The doors that a log-in tried and that must not open: "erp", "postgres as admin_user with its own password".
struct tried_doors {
  role_name log_in;
  std::vector<std::string> doors;

  friend bool operator==(const tried_doors&, const tried_doors&) = default;
};

struct proof_report {
  std::string server;
  int version_num = 0;            // 150020
  std::string system_identifier;  // "" where this admin may not read it
  int roles = 0;                  // that the catalogs were read for
  int databases = 0;
  int services = 0;
  int probes = 0;  // checks that were made
  int leaks = 0;
  int failed = 0;
  int unprovable = 0;
  int drift = 0;
  int accepted = 0;     // findings that the manifest accepts; in none of the counts above
  look_summary looks;   // whether the insides of databases were read
  bool tried = false;   // with real log-ins
  int doors = 0;        // pairs of a log-in and a database that should refuse it
  int doors_tried = 0;  // with its real password
  std::vector<tried_doors> tries;
  std::vector<finding> findings;
  std::vector<probe_tally> tallies;
  std::vector<switched_off> off;
  std::vector<std::string> sharing;  // what the manifest declares as shared, a line each
  access_matrix matrix;
  std::vector<missing_right> preflight;  // what the admin lacks, for apply and for this proof

  // 2 on a leak, drift or a failed control.
  [[nodiscard]] exit_code code() const;
};

// Without agendas and answers: catalogs only.
[[nodiscard]] proof_report judge_proof(const proof_facts& facts, const plan& left, const attempt_plan& tried,
                                       const proof_answers& answers);

}  // namespace innkeeper
