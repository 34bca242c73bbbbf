#include "exec/embedded_places.h"

#include <fmt/format.h>
#include <openssl/sha.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

#include "exec/error.h"
#include "exec/file_lock.h"
#include "exec/postmaster.h"
#include "exec/private_file.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string short_hash(const std::string& text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (std::size_t i = 0; i < 6; ++i) hex += fmt::format("{:02x}", digest.at(i));
  return hex;
}

// Estates and servers may have any name; a folder's is short and plain.
std::string folder_name(const std::string& name) {
  std::string plain;
  for (const char c : name.substr(0, 40)) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    plain += is_plain ? c : '_';
  }
  return plain == name ? plain : fmt::format("{}-{}", plain, short_hash(name));
}

fs::path register_file(const estate& all) {
  return all.directory / ".innkeeper" / "server.json";
}

json read_register(const estate& all) {
  const auto file = register_file(all);
  std::ifstream in{file};
  if (!in) {
    if (errno == ENOENT || errno == ENOTDIR) return json::object();
    const int cause = errno;
    throw error{cause == EACCES ? exit_code::not_permitted : exit_code::failed,
                fmt::format("could not read \"{}\"", file.string()), std::generic_category().message(cause),
                cause == EACCES ? "Run this as the user that started the server, or as root." : ""};
  }
  auto content = json::parse(in, nullptr, false);
  if (content.is_object()) return content;
  throw error{exit_code::invalid,
              fmt::format("\"{}\" is not what Innkeeper wrote there", file.string()),
              {},
              "Remove that file: where the server's data is follows from the manifest, only its port is chosen again."};
}

template <class Change>
void change_register(const estate& all, Change change) {
  const auto file = register_file(all);
  ensure_private_directory(file.parent_path());
  const file_lock lock{file.parent_path() / "server.json.lock", std::chrono::seconds{30}, {}};
  auto content = read_register(all);
  const auto before = content;
  change(content);
  if (content == before) return;
  if (!content.contains("servers") || content["servers"].empty()) {
    fs::remove(file);
    lock.remove_file();
    return;
  }
  write_private_file(file, content.dump(2) + "\n");
}

embedded_paths places_by_rule(const estate& all, const server_declaration& server, const machine& here) {
  embedded_paths paths{.state = server.embedded.data};
  const auto base = ::geteuid() == 0
                        ? here.system_data /
                              fmt::format("{}-{}", folder_name(all.name), short_hash(all.directory.string())) /
                              folder_name(server.name)
                        : paths.state;
  paths.data = base / "data";
  paths.log = base / "server.log";
  paths.socket_directory = here.runtime / short_hash(paths.state.string());
  return paths;
}

[[noreturn]] void fail(std::string_view what, const fs::path& path) {
  throw error{exit_code::failed, fmt::format("could not {} \"{}\"", what, path.string()),
              std::generic_category().message(errno)};
}

void require_safe(const fs::path& folder, uid_t owner) {
  struct stat seen {};
  if (::lstat(folder.c_str(), &seen) != 0) fail("look at", folder);
  const bool is_ours = seen.st_uid == owner || seen.st_uid == 0;
  const bool is_open = (seen.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (S_ISDIR(seen.st_mode) && is_ours && !is_open) return;
  throw error{exit_code::not_permitted,
              fmt::format("the folder \"{}\" is not safe to put a server's files in", folder.string()),
              !S_ISDIR(seen.st_mode) ? "it is not a folder"
              : is_ours              ? "other users may write to it"
                                     : fmt::format("it belongs to user id {}", seen.st_uid),
              "Remove it, or have its owner remove it, then run this again."};
}

void make_folder(const fs::path& folder, mode_t mode, uid_t owner, gid_t group) {
  if (::mkdir(folder.c_str(), mode) == 0) {
    if (::chmod(folder.c_str(), mode) != 0) fail("set the mode of", folder);
    if (owner != ::geteuid() && ::lchown(folder.c_str(), owner, group) != 0) fail("hand over", folder);
  } else if (errno != EEXIST) {
    fail("make the folder", folder);
  }
  require_safe(folder, owner);
}

}  // namespace

machine this_machine() {
  machine here;
  const auto uid = ::geteuid();
  const char* session = std::getenv("XDG_RUNTIME_DIR");
  struct stat seen {};
  if (uid == 0) {
    here.runtime = "/run/innkeeper";
  } else if (session != nullptr && session[0] == '/' && ::stat(session, &seen) == 0 && seen.st_uid == uid &&
             std::string_view{session}.size() < 60) {
    here.runtime = fs::path{session} / "innkeeper";
  } else {
    here.runtime = fmt::format("/tmp/innkeeper-{}", uid);
  }
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) == 0) here.host_name = name.data();
  const char* programs = std::getenv("INNKEEPER_POSTGRES_PROGRAMS");
  if (programs != nullptr && programs[0] != '\0') here.programs.insert(here.programs.begin(), programs);
  return here;
}

embedded_places find_places(const estate& all, const server_declaration& server, const machine& here) {
  embedded_places found{.paths = places_by_rule(all, server, here)};
  const auto content = read_register(all);
  const auto servers = content.value("servers", json::object());
  if (servers.is_object() && servers.contains(server.name) && servers[server.name].is_object()) {
    const auto& one = servers[server.name];
    const fs::path written_for = content.value("directory", std::string{});
    const bool is_copy = written_for != all.directory && fs::exists(written_for / ".innkeeper");
    const fs::path data = one.value("data", std::string{});
    // A folder that moved keeps the data that is elsewhere; what was inside moved with it.
    if (!is_copy && data_major(data) != 0) {
      found.paths.data = data;
      found.paths.log = one.value("log", found.paths.log.string());
    }
    if (!is_copy) found.remembered_port = one.value("port", 0);
  }
  found.paths.admin_password_file = found.paths.state / "admin_password";
  return found;
}

void remember(const estate& all, const server_declaration& server, const embedded_record& record) {
  change_register(all, [&](json& content) {
    if (content.value("directory", std::string{}) != all.directory.string()) content = json::object();
    content["estate"] = all.name;
    content["directory"] = all.directory.string();
    content["servers"][server.name] = {{"host", "127.0.0.1"},
                                       {"port", record.port},
                                       {"socket_directory", record.socket_directory.string()},
                                       {"data", record.data.string()},
                                       {"log", record.log.string()},
                                       {"admin", server.admin.user.value.value}};
    if (record.root_certificates) {
      content["servers"][server.name]["root_certificates"] = record.root_certificates->string();
    }
  });
}

void forget(const estate& all, const server_declaration& server) {
  if (!fs::exists(register_file(all))) return;
  change_register(all, [&](json& content) {
    if (content.contains("servers") && content["servers"].is_object()) content["servers"].erase(server.name);
  });
}

void make_places(const embedded_paths& paths, const machine& here, const std::optional<os_user>& runs_as) {
  const uid_t owner = runs_as ? runs_as->uid : ::geteuid();
  const gid_t group = runs_as ? runs_as->gid : ::getegid();
  const auto base = paths.data.parent_path();
  ensure_private_directory(paths.state);
  if (base != paths.state) {
    if (!fs::exists(here.system_data)) make_folder(here.system_data, 0755, ::geteuid(), ::getegid());
    make_folder(base.parent_path(), 0755, ::geteuid(), ::getegid());
    make_folder(base, 0700, owner, group);
  }
  // As root, others connect through it too; SCRAM decides who may.
  make_folder(here.runtime, runs_as ? 0755 : 0700, ::geteuid(), ::getegid());
  make_folder(paths.socket_directory, runs_as ? 0755 : 0700, owner, group);
}

std::optional<os_user> user_for(const embedded_paths& paths) {
  struct stat seen {};
  const bool exists = ::stat(paths.data.c_str(), &seen) == 0;
  if (::geteuid() != 0) {
    if (!exists || seen.st_uid == ::geteuid()) {
      if (!exists && errno == EACCES) {
        throw error{exit_code::not_permitted,
                    fmt::format("no access to the server's data in \"{}\"", paths.data.string()),
                    {},
                    "Run this as root, who started it."};
      }
      return std::nullopt;
    }
    const auto owner = find_os_user(seen.st_uid);
    throw error{exit_code::not_permitted,
                fmt::format("the server's data in \"{}\" belongs to OS user \"{}\"", paths.data.string(),
                            owner ? owner->name : std::to_string(seen.st_uid)),
                {},
                "Run this as that user, or as root."};
  }
  auto user = exists && seen.st_uid != 0 ? find_os_user(seen.st_uid) : find_os_user("postgres");
  if (user) return user;
  throw error{exit_code::unavailable,
              "there is no OS user \"postgres\" to run PostgreSQL as, which refuses root",
              {},
              "Install the Debian package postgresql-15, which makes it, or run this as another user than root."};
}

std::string read_whole(const fs::path& file) {
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in && errno != ENOENT) fail("read", file);
  try {
    return {std::istreambuf_iterator<char>{in}, {}};
  } catch (const std::ios_base::failure&) {
    fail("read", file);
  }
}

void hand_over(const fs::path& file, const std::optional<os_user>& to) {
  if (to && ::lchown(file.c_str(), to->uid, to->gid) != 0) fail("hand over", file);
}

bool write_for_server(const fs::path& file, const std::string& text, const std::optional<os_user>& to) {
  const bool is_other = read_whole(file) != text;
  if (is_other) {
    // Handed over before it is there: a server that reads its files meanwhile finds one that it may read.
    const fs::path beside = file.string() + ".new";
    write_private_file(beside, text);
    hand_over(beside, to);
    fs::rename(beside, file);
    sync_directory(file.parent_path());
  }
  hand_over(file, to);
  return is_other;
}

}  // namespace innkeeper::exec
