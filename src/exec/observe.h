#pragma once
// Reads what a server holds: the shared catalogs over one connection, each database over one of its own, several at
// once.
#include <map>
#include <string>
#include <vector>

#include "core/observed.h"
#include "core/plan.h"
#include "core/quick.h"
#include "exec/secret_store.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

struct observe_options {
  int readers = 4;
  std::string application_name = "innkeeper observe";
  depth how = depth::deep;
  bool for_notes = false;  // with the traces and the noted looks, from which looks_to_note decides
  bool for_proof = false;  // deep: core/security.h too, also of databases that no manifest names
};

struct observation {
  observed_server server;
  look_summary looks;
};

// A database that can't be entered has no contents, and says why. Quick uses one session, in the registry, and enters
// no other database whose noted look still fits. Throws pg::error where the server itself fails.
[[nodiscard]] observation observe(const server_access& access, const desired_server& desired, const plan_policy& policy,
                                  const observe_options& options);

using stored_secrets = std::map<role_name, secret_store::entry>;

// What the secrets directory holds for the estate's log-ins: files only, so that it can go on beside observe().
[[nodiscard]] stored_secrets read_secrets(const secret_store& store, const desired_server& desired);

// Compares it with the server. Where the server's verifiers can't be read, tries a log-in with each; not when quick. Of
// log-ins by certificate, looks whether there is one, and tries it.
[[nodiscard]] known_secrets look_up_secrets(const secret_store& store, const stored_secrets& stored,
                                            const desired_server& desired, const observed_server& observed,
                                            const server_access& access, depth how);

}  // namespace innkeeper::exec
