#pragma once
// A proof for people: who can enter what, the verdict in one line, and what was found. Pure; the caller knows the
// terminal.
#include <string>

#include "core/proof.h"

namespace innkeeper {

struct text_style {
  int width = 80;
  bool colored = false;
};

// Up to this many services the matrix is drawn; beyond, it is counts and the exceptions.
inline constexpr std::size_t drawn_services = 40;

[[nodiscard]] std::string matrix_text(const proof_report& report, const text_style& style);
// "Proved: 4 services, 52 probes, 0 leaks, 0 failed, 1 unprovable."
[[nodiscard]] std::string verdict_line(const proof_report& report, const text_style& style);
[[nodiscard]] std::string findings_text(const proof_report& report, const text_style& style);
// The matrix with its legend, what is shared by declaration, the findings, and the verdict last.
[[nodiscard]] std::string proof_text(const proof_report& report, const text_style& style);
// For JSON: "own", "shared", "reads", "refused", "closed", "leak", "failed", "unknown".
[[nodiscard]] std::string_view to_string(access_cell one);

}  // namespace innkeeper
