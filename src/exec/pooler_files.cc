#include "exec/pooler_files.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "core/naming.h"
#include "exec/embedded_places.h"
#include "exec/error.h"
#include "exec/private_file.h"
#include "exec/service_places.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

secret own_password(const estate& all, const server_access& access, const pooler_declaration& pooler) {
  secret_store store = store_of(all);
  // Where the pooler asks the server, it logs in there, with what apply made.
  const auto entry = pooler.authentication == pooler_authentication::query
                         ? store.read(access.server->name, pooler.user)
                         : store.read_or_create(access.server->name, pooler.user);
  if (entry.state == stored_state::present) return entry.value.password;
  throw error{exit_code::invalid, fmt::format("the password of the pooler's log-in \"{}\" can't be read", pooler.user),
              entry.state == stored_state::absent ? fmt::format("none is kept in {}", all.secrets_directory.string())
                                                  : entry.problem,
              "Run \"innkeeper apply\"; it makes the log-in and its password."};
}

// Those of twins too, where a rotation has made one.
std::map<role_name, secret> verifiers_of(const estate& all, const server_access& access,
                                         const endpoint_declaration& way, std::vector<std::string>& notes) {
  const secret_store store = store_of(all);
  std::map<role_name, secret> found;
  for (const auto* service : served_by(all, *access.server, way)) {
    const auto& role = service->user.value;
    for (const auto& name : {role, twin_of(role)}) {
      const auto entry = store.read(access.server->name, name);
      if (entry.state == stored_state::present) {
        found[name] = entry.value.verifier;
      } else if (name == role) {
        notes.push_back(fmt::format("no password of \"{}\" can be read: run innkeeper apply, then render again", role));
      }
    }
  }
  return found;
}

conninfo seen_by_pooler(const server_access& access) {
  conninfo target{.endpoints = access.endpoints};
  for (const char* name : {"sslmode", "sslrootcert"}) {
    if (const auto found = access.for_services.find(name); found != access.for_services.end()) {
      target.parameters.insert(*found);
    }
  }
  return target;
}

}  // namespace

pgbouncer_files render_pooler(const estate& all, const server_access& access, const endpoint_declaration& way) {
  std::vector<std::string> notes;
  std::map<role_name, secret> verifiers;
  if (way.pooler->authentication == pooler_authentication::userlist) {
    verifiers = verifiers_of(all, access, way, notes);
  }
  auto files = print_pgbouncer({.all = all,
                                .server = *access.server,
                                .way = way,
                                .to_server = seen_by_pooler(access),
                                .own_password = own_password(all, access, *way.pooler),
                                .verifiers = std::move(verifiers)});
  if (has_errors(files.problems)) {
    std::string rest;
    for (std::size_t i = 1; i < files.problems.size(); ++i) rest += to_string(files.problems[i]);
    const auto& first = files.problems.front();
    throw error{exit_code::invalid, fmt::format("{}: {}", to_string(first.where), first.message), rest, first.hint};
  }
  files.notes.insert(files.notes.end(), notes.begin(), notes.end());
  return files;
}

bool write_pooler_files(const pgbouncer_files& files, const fs::path& folder) {
  ensure_private_directory(folder);
  struct stat seen {};
  std::optional<os_user> owner;
  if (::geteuid() == 0 && ::stat(folder.c_str(), &seen) == 0 && seen.st_uid != 0) {
    owner = os_user{.uid = seen.st_uid, .gid = seen.st_gid};
  }
  // The list first: a configuration that names it finds it.
  const bool has_new_list = write_for_server(folder / "userlist.txt", files.users.expose(), owner);
  const bool has_new_configuration = write_for_server(folder / "pgbouncer.ini", files.configuration, owner);
  return has_new_list || has_new_configuration;
}

}  // namespace innkeeper::exec
