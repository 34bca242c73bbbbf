#pragma once
// Asks a server which certificate it shows, as anybody may before logging in, and judges it by what a connection wants
// (sslmode, sslrootcert, sslcrl): libpq alone says no more than "certificate verify failed".
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "core/tls_trouble.h"
#include "exec/certificate.h"

namespace innkeeper::exec {

struct shown_certificate {
  certificate_facts server;
  std::optional<certificate_facts> authority;  // the end of its chain, where that could be verified
  tls_trouble trouble = tls_trouble::none;
  std::string detail;  // facts: "it ended on 2026-01-02 10:00 UTC"; empty without trouble
};

// Empty: it offers no TLS. Throws `unreached` (tcp.h) where nobody answers, or not as PostgreSQL does.
[[nodiscard]] std::optional<shown_certificate> look_at_certificate(const conninfo& target, const endpoint& at,
                                                                   std::chrono::milliseconds timeout);

// "2026-01-02 10:00 UTC"
[[nodiscard]] std::string time_text(std::chrono::sys_seconds time);

}  // namespace innkeeper::exec
