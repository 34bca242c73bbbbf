#pragma once
// Do a log-in's password on the server and the one that is kept agree, and if not, which of the two was changed? Pure.
#include <string>
#include <string_view>

#include "core/observed.h"
#include "core/plan.h"

namespace innkeeper {

enum class password_truth {
  in_step,         // also with another salt: it is the same password
  unknown,         // a plain admin can't look, and no log-in was tried
  not_set,         // the server has none
  not_known_here,  // the server has one, and none is kept
  unreadable,      // the kept one can't be read
  server_drifted,  // another hand changed it on the server
  secret_drifted,  // another hand changed the kept one
  both_drifted,
  differs,        // nothing is remembered that would say which
  hash_outdated,  // the right password, hashed more weakly than today
};

[[nodiscard]] password_truth truth_of(const fact<secret>& on_server, const known_secret& here);
// "password.server_drifted", for programs; empty where all is well.
[[nodiscard]] std::string_view topic_of(password_truth one);
// Of a verifier, for the registry: names it without being of use to anybody.
[[nodiscard]] std::string fingerprint_of(const secret& verifier);
// Is the verifier, SCRAM or md5, of this password? Milliseconds for SCRAM; ask only where the verifiers differ.
[[nodiscard]] bool password_fits(const secret& password, const role_name& role, const secret& verifier);
// "md5", "SCRAM with 1000 iterations"
[[nodiscard]] std::string hash_words(const secret& verifier);

}  // namespace innkeeper
