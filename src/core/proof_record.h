#pragma once
// What a proof was about: the server, what of it was read, which list of probes asked, and what the manifest switches
// off. Without it a verdict is worth nothing a month later.
#include <string>

#include "core/proof.h"

namespace innkeeper {

// The table of probes, in short: "17-3f2a9c1e" is 17 rows, and changes with each of their titles.
[[nodiscard]] std::string probe_list_version();

// "15.20" for 150020.
[[nodiscard]] std::string version_text(int version_num);

// "wal_messages of cafe is switched off (innkeeper.yaml:7:3), because our CDC emits messages".
[[nodiscard]] std::string switched_off_text(const switched_off& one);

void fill_record(const proof_facts& facts, proof_report& report);

}  // namespace innkeeper
