#pragma once
// Where an embedded server's files are, and server.json, which remembers it. For embedded_*.cc only.
#include <filesystem>
#include <optional>
#include <string>

#include "core/estate.h"
#include "exec/embedded_server.h"
#include "exec/process.h"

namespace innkeeper::exec {

// What server.json says of one server.
struct embedded_record {
  std::filesystem::path data;
  std::filesystem::path log;
  std::filesystem::path socket_directory;
  int port = 0;
  std::optional<std::filesystem::path> root_certificates{};  // with TLS

  friend bool operator==(const embedded_record&, const embedded_record&) = default;
};

struct embedded_places {
  embedded_paths paths;
  int remembered_port = 0;
};

// From server.json if it is about this very folder, or about one that moved here; else by rule.
[[nodiscard]] embedded_places find_places(const estate& all, const server_declaration& server, const machine& here);

void remember(const estate& all, const server_declaration& server, const embedded_record& record);
void forget(const estate& all, const server_declaration& server);

// Makes the folders that the server needs, and hands to `runs_as` what is to be its own. Refuses a socket folder that
// another user made: the server's clients would trust it.
void make_places(const embedded_paths& paths, const machine& here, const std::optional<os_user>& runs_as);

// The user that the server's programs run as; absent: ours. Throws exec::error where there is none fit for it (69), or
// the data is another user's (77).
[[nodiscard]] std::optional<os_user> user_for(const embedded_paths& paths);

// "" where there is none. Throws where it can't be read: what is written anew would be without what stands there.
[[nodiscard]] std::string read_whole(const std::filesystem::path& file);
void hand_over(const std::filesystem::path& file, const std::optional<os_user>& to);
// Of a file that the server's user reads, and nobody else. True where that changed it.
bool write_for_server(const std::filesystem::path& file, const std::string& text, const std::optional<os_user>& to);

}  // namespace innkeeper::exec
