#pragma once
// The private PostgreSQL server of an estate, from the installed programs: durable, on 127.0.0.1 and a socket, SCRAM on
// both. It outlives us, the terminal and the machine's restarts (then `up` starts it again). Any of these functions may
// be killed at any time, and run by several processes at once: the next call completes what was left.
//
// Where things are: <estate's folder>/.innkeeper/server.json says it for people and for the next run. State and the
// admin's password stay in the declared data folder; the data too, unless we are root: PostgreSQL refuses root, so it
// then runs as OS user "postgres", with its data in /var/lib/innkeeper.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/conninfo.h"
#include "core/estate.h"
#include "core/secret.h"
#include "exec/event.h"

namespace innkeeper::exec {

// What a test replaces.
struct machine {
  // Each has <major>/bin below it; the first that has a major's wins.
  std::vector<std::filesystem::path> programs{"/usr/lib/postgresql"};
  std::filesystem::path system_data = "/var/lib/innkeeper";  // as root
  std::filesystem::path runtime;                             // of sockets; short
  std::chrono::milliseconds patience{600'000};               // a recovery may take long
  std::string host_name;                                     // for certificates
};
// $INNKEEPER_POSTGRES_PROGRAMS names another folder with programs, which is looked into first.
[[nodiscard]] machine this_machine();

struct embedded_paths {
  std::filesystem::path state;
  std::filesystem::path data;
  std::filesystem::path socket_directory;
  std::filesystem::path log;
  std::filesystem::path admin_password_file;
};

struct embedded_status {
  bool initialised = false;
  bool running = false;  // takes connections
  int port = 0;          // 0: not chosen yet
  int major = 0;         // of the data; of the programs where there is none yet
  pid_t pid = 0;
  embedded_paths paths;
  conninfo admin;    // through the socket, to database "postgres"; with the kept password, where there is one
  endpoint address;  // for services: 127.0.0.1 and the port
  // With TLS: the file with the certificates of its authorities, for sslrootcert.
  std::optional<std::filesystem::path> root_certificates;
};

// Looks, changes nothing. Throws exec::error for a server.json that cannot be read: 77 where it is another
// user's.
[[nodiscard]] embedded_status inspect_embedded(const estate& all, const server_declaration& server,
                                               const machine& here = this_machine());

// Returns when it takes connections. Makes the data where there is none, with `admin_password` or, without one, a
// generated one that is kept beside the estate; a kept one gives way to a declared one. With `embedded: {tls: true}`,
// or where TLS was switched on before, it looks after the certificates too, and has a running server read them anew;
// the same goes for our lines in pg_hba.conf. Throws exec::error: 65 for another major, a bad setting or a lost
// password, 69 where the programs are missing, the port is taken or it does not start (with the server's own words), 73
// where another start takes too long, 77 where it is another user's.
embedded_status start_embedded(const estate& all, const server_declaration& server,
                               const std::optional<secret>& admin_password, const event_sink& tell,
                               const machine& here = this_machine());

// In order: sessions are ended, everything is on disk. No error where it doesn't run.
void stop_embedded(const estate& all, const server_declaration& server, const event_sink& tell,
                   const machine& here = this_machine());

// Stops it and removes data, sockets, log and the kept password. Whoever calls this has asked the user.
void purge_embedded(const estate& all, const server_declaration& server, const event_sink& tell,
                    const machine& here = this_machine());

}  // namespace innkeeper::exec
