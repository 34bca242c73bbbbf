#pragma once
// What stands between two sides that should speak TLS, and what to do about each. docs/tls.md is the manual.
#include <string>
#include <string_view>

#include "core/conninfo.h"

namespace innkeeper {

enum class tls_trouble {
  none,
  not_offered,          // the server has no TLS, and the connection asks for it
  no_root_file,         // sslrootcert names a file that isn't there
  unreadable_root,      // there is one, and it holds no certificate
  unverified,           // libpq says no more; a closer look at the certificate tells which of the next ones it is
  unknown_authority,    // issued by none of those in sslrootcert
  expired,              // the server's own
  authority_expired,    // one further up
  not_yet_valid,        // by our clock
  wrong_host,           // it is for other names
  revoked,              // in sslcrl
  bad_revocation_list,  // sslcrl has no list of this authority, or one that is out of date
  bad_client_file,      // sslcert or sslkey can't be used
  refused_client,       // the server wants a certificate of ours, or doesn't take it
  no_common_version,    // of the protocol
  other
};

// Behind the server's name: "has a certificate that has expired".
[[nodiscard]] std::string_view to_string(tls_trouble met);
// For programs: "wrong_host".
[[nodiscard]] std::string_view name_of(tls_trouble met);
// What to do, in whole sentences.
[[nodiscard]] std::string hint_for(tls_trouble met, const conninfo& target);

}  // namespace innkeeper
