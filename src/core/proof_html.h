#pragma once
// Proofs as one page for people: complete without scripts and without anything from elsewhere, light or dark as the
// reader's browser is. Pure.
#include <string>
#include <vector>

#include "core/proof.h"

namespace innkeeper {

struct page_facts {
  std::string estate;
  std::string time;     // "2026-11-21 16:20:05 UTC"
  std::string program;  // "innkeeper 0.1.0"
  std::string problem;  // why a server is missing; empty: none is
};

[[nodiscard]] std::string proof_page(const page_facts& facts, const std::vector<proof_report>& reports);

}  // namespace innkeeper
