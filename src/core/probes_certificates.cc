// How long the certificates last that connections rest on: P46.
#include "core/certificate_end.h"
#include "core/probe_checks.h"
#include "core/probe_rows.h"

namespace innkeeper::probe_rows {

judgement certificates_last(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  for (const auto& one : facts.observed().security->certificates) {
    result.count();
    if (ends_soon(one)) result.find({.says = verdict::advice, .text = to_string(one), .detail = one.next});
  }
  return result.done();
}

}  // namespace innkeeper::probe_rows
