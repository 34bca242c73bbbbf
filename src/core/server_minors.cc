#include "core/server_minors.h"

#include <algorithm>
#include <array>

namespace innkeeper {
namespace {

constexpr std::string_view may_2026 = "CVE-2026-6473 (memory overwritten by any log-in)";

// Sources: postgresql.org/support/security and /support/versioning, the release notes of 2026-05-14 for 14 to 18, and
// Debian's change log of postgresql-15 15.20-0+deb12u1. 13 ended before those fixes and never got them.
constexpr std::array table{
    known_minors{13, 11, "CVE-2023-2454 (superuser by whoever has CREATE on a database)", 23, "2025-11-13",
                 "2025-11-13"},
    known_minors{14, 23, may_2026, 23, "2026-05-14", "2026-11-12"},
    known_minors{15, 18, may_2026, 20, "2026-11-12", ""},
    known_minors{16, 14, may_2026, 14, "2026-05-14", ""},
    known_minors{17, 10, may_2026, 10, "2026-05-14", ""},
    known_minors{18, 4, may_2026, 4, "2026-05-14", ""},
};

}  // namespace

const known_minors* minors_of(int major) {
  const auto* found = std::ranges::find(table, major, &known_minors::major);
  return found == table.end() ? nullptr : found;
}

}  // namespace innkeeper
