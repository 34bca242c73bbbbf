#pragma once
// The lines of an embedded server's pg_hba.conf that are Innkeeper's: a block at the top, since the first line that
// matches decides. What people wrote below it stays. Pure.
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"

namespace innkeeper {

struct hba_wishes {
  bool only_tls = false;                  // nobody comes over TCP without it
  std::vector<role_name> by_certificate;  // log-ins that come in by a certificate with their name, and no other way

  friend bool operator==(const hba_wishes&, const hba_wishes&) = default;
};

// The file with the block of these wishes in the place of the one before; without wishes, without a block.
[[nodiscard]] std::string with_hba_block(std::string_view file, const hba_wishes& wishes);

// The line that lets a log-in in by its certificate: "hostssl all "cafe_user" all cert".
[[nodiscard]] std::string certificate_line(const role_name& log_in);

}  // namespace innkeeper
