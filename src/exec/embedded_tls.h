#pragma once
// TLS of an embedded server: an authority of the estate's own, which signs the server's certificate and those of
// log-ins. For embedded_*.cc and the certificates' tests only.
//
// Each key lies in one file with its certificate, so that a crash between two files can't part them. The authority's
// key is ours alone; the server's file belongs to the user that it runs as; the file of roots is for everybody.
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/estate.h"
#include "exec/certificate.h"
#include "exec/embedded_places.h"
#include "exec/process.h"

namespace innkeeper::exec {

struct tls_files {
  std::filesystem::path authority;
  std::filesystem::path next_authority;  // made years before it signs: clients get to know it meanwhile
  std::filesystem::path roots;           // for sslrootcert: the certificates of all authorities that may still matter
  std::filesystem::path server;
};
[[nodiscard]] tls_files tls_files_of(const embedded_paths& paths);

// The setting file that switches TLS on; where it exists, it is on.
[[nodiscard]] std::filesystem::path tls_settings_file(const embedded_paths& paths);
[[nodiscard]] std::string tls_settings(const tls_files& files);

// Whom the certificate is for: this machine's names, and the addresses that the server listens on.
[[nodiscard]] std::vector<std::string> names_for_certificate(const server_declaration& server, const machine& here);

struct certificate_job {
  tls_files files;
  std::vector<std::string> names;  // that the server's certificate is for
  std::chrono::sys_seconds now;
  std::optional<os_user> runs_as;
  std::function<void()> before_change;    // of what the server has to read anew
  std::function<void(std::string)> note;  // what was made, for people
};

// Makes what is missing, and makes anew what ends within a third of its time, is for other names or of another
// authority. Throws exec::error.
void keep_certificates(const certificate_job& job);

// The authority that signs now.
[[nodiscard]] key_pair read_authority(const tls_files& files);

// How long a server's or a log-in's certificate lasts, and from when on it is made anew.
inline constexpr std::chrono::days certificate_lifetime{365};
[[nodiscard]] bool is_due(const certificate_facts& one, std::chrono::sys_seconds now);
[[nodiscard]] validity valid_from(std::chrono::sys_seconds now, std::chrono::seconds lifetime);

}  // namespace innkeeper::exec
