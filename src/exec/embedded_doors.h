#pragma once
// How clients come into an embedded server: TLS, and our lines of pg_hba.conf. For embedded_*.cc, but for the look.
#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/estate.h"
#include "exec/embedded_server.h"
#include "exec/process.h"

namespace innkeeper::exec {

struct door_job {
  const estate& all;
  const server_declaration& server;
  const embedded_paths& paths;
  const machine& here;
  const std::optional<os_user>& runs_as;
  std::function<void(std::string)> note;
};

[[nodiscard]] bool has_tls(const embedded_paths& paths);
// As the manifest says; where it says nothing, as it is.
[[nodiscard]] bool wants_tls(const server_declaration& server, const embedded_paths& paths);

// The line of our settings that brings those of TLS.
[[nodiscard]] std::string tls_inclusion(const embedded_paths& paths);

// Into data that is there. True where a running server has to read its files anew; that it did is noted afterwards.
[[nodiscard]] bool write_doors(const door_job& run);
void note_doors_read(const embedded_paths& paths);

// Whether our lines of pg_hba.conf are others than the manifest asks for by now, which the next start brings. Looks,
// changes nothing; false where the file isn't ours to read.
[[nodiscard]] bool are_doors_outdated(const estate& all, const server_declaration& server,
                                      const machine& here = this_machine());

// A file that it can't read leaves a running server as it was, with a line in its log only: so this asks for its
// certificate until it is the wanted one. When the time is over, what is wrong; empty: nothing.
[[nodiscard]] std::string problem_of_doors(const embedded_paths& paths, int port, std::chrono::milliseconds patience);

}  // namespace innkeeper::exec
