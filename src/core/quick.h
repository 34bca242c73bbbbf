#pragma once
// Quick: judges the inside of a database by the server's shared catalogs alone, without entering it. The registry notes
// two digests after each look inside that found nothing to do: of what the manifest wants there, and of the traces that
// the inside leaves in the shared catalog pg_shdepend. Where both still fit, the database is taken to be as it was;
// where one does not, or none is noted, it is looked into. docs/quick.md says what leaves no trace. Pure.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/desired.h"
#include "core/observed.h"
#include "core/plan.h"

namespace innkeeper {

enum class depth { deep, quick };

// For each database of services, of what it should hold inside, as this admin would make it on this server.
[[nodiscard]] std::map<database_name, std::string> wanted_digests(const desired_server& desired,
                                                                  const observed_server& observed);

// Of its traces. What a service's owner role makes and drops every day leaves it as it is.
[[nodiscard]] std::string found_digest(const desired_database& wanted, const observed_database& found,
                                       const std::map<role_name, std::uint32_t>& role_oids);

// Marks the databases whose noted look still holds: they need no look inside.
void trust_noted_looks(const desired_server& desired, observed_server& observed);

struct look_changes {
  std::vector<std::pair<database_name, noted_look>> note;
  std::vector<std::uint32_t> forget;  // OIDs: something is to be done or told inside, which may leave no trace

  [[nodiscard]] bool empty() const { return note.empty() && forget.empty(); }
};

// What to write into the registry once `left` is all that is left to do. A look that is noted already is written again
// when it is an hour old, so that its age means something and a run with nothing to do hardly ever writes.
[[nodiscard]] look_changes looks_to_note(const desired_server& desired, const observed_server& observed,
                                         const plan& left);

// How a plan came to know the insides of databases.
struct look_summary {
  depth how = depth::deep;
  int as_noted = 0;                    // databases that were not entered
  std::int64_t oldest_look = 0;        // seconds ago, of these
  std::vector<database_name> entered;  // quick: looked into, since no noted look fits; not the registry
  std::string obstacle;                // why no noted look could be asked for; empty: none
  bool passwords_unchecked = false;    // quick, by an admin who would have to log in to know
  bool security_unchecked = false;     // quick, for a proof

  friend bool operator==(const look_summary&, const look_summary&) = default;
};

[[nodiscard]] look_summary summarize_looks(const desired_server& desired, const observed_server& observed, depth how);

// What was not looked at, a line each; empty where everything was.
[[nodiscard]] std::vector<std::string> not_checked(const look_summary& summary);

}  // namespace innkeeper
