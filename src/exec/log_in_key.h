#pragma once
// What a log-in shows to get in: its password, or a certificate with its name. Certificates lie beside where a password
// would, in the estate's secrets directory: client.crt and client.key, and client.pk8, the same key for Java. Those of
// an embedded server are made by `up`; those of other servers somebody puts there.
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/conninfo.h"
#include "core/estate.h"
#include "exec/certificate.h"
#include "exec/secret_store.h"

namespace innkeeper::exec {

struct client_files {
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::filesystem::path java_key;
};
[[nodiscard]] client_files client_files_of(const secret_store& store, std::string_view server, const role_name& role);

struct log_in_key {
  std::optional<secret> password;
  std::optional<client_files> certificate;
  std::string problem;  // why there is neither

  [[nodiscard]] bool is_there() const { return password || certificate; }
};
[[nodiscard]] log_in_key read_log_in_key(const secret_store& store, std::string_view server, const role_name& role,
                                         authentication_kind kind);
// Puts it into what connects.
void show_key(const log_in_key& key, conninfo& by);

// How the log-ins of a server get in, as the manifest says.
[[nodiscard]] authentication_kind kind_of_log_in(const estate& all, std::string_view server, const role_name& role);

// Makes the certificate where it is missing, of another authority or due. True where that made it.
bool keep_client_certificate(const client_files& files, const key_pair& authority, const role_name& role,
                             std::chrono::sys_seconds now);

}  // namespace innkeeper::exec
