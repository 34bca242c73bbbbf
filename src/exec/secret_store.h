#pragma once
// The secrets directory: <directory>/<server>/<log-in>/password holds the password, raw, and `verifier` beside it what
// was or will be set on the server. Names are percent-encoded where a file name needs it.
//
// A password file may be written by hand: its verifier is then computed and stored on first use, or only computed where
// the directory is read-only. One newline at its end, which editors add, is not part of the password. A file that
// others may read is refused, as ssh refuses such keys. Absent, empty and unreadable are three different things.
//
// Several processes may use one directory at once; a process may die at any time. An estate's store (store_of() in
// exec/service_places.h) also knows the places of its services, and reads back from them what the directory lost.
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"
#include "core/secret.h"
#include "exec/private_file.h"

namespace innkeeper::exec {

struct stored_secret {
  secret password;
  secret verifier;

  friend bool operator==(const stored_secret&, const stored_secret&) = default;
};

class secret_store {
 public:
  struct entry {
    stored_state state = stored_state::absent;
    stored_secret value;
    std::string problem;  // of an unreadable one: what is wrong, and what to run
    std::string from;     // of a present one: another place that it was read back from; empty: the directory itself
  };
  struct listed_secret {
    std::string server;
    role_name role;

    friend auto operator<=>(const listed_secret&, const listed_secret&) = default;
  };

  // Other places that may hold a log-in's password (exec/service_places.h).
  struct elsewhere {
    std::function<entry(std::string_view server, const role_name& role)> read;
    // Another manager makes it: then it is read there alone, never made and never copied here.
    std::function<bool(std::string_view server, const role_name& role)> is_external;
  };

  explicit secret_store(std::filesystem::path directory) : directory_{std::move(directory)} {}
  secret_store(std::filesystem::path directory, elsewhere others)
      : directory_{std::move(directory)}, others_{std::move(others)} {}

  // Two small reads where nothing changed; the password's binding to its verifier is checked without PBKDF2. What the
  // directory has not is read elsewhere.
  [[nodiscard]] entry read(std::string_view server, const role_name& role) const;

  // Password first, then verifier: what a crash between them leaves is mended by the next read. Throws exec::error.
  void write(std::string_view server, const role_name& role, const stored_secret& value);

  // Of several callers one makes the password and all return it, with the same verifier; a password that another place
  // still has is taken over instead. Throws exec::error where it
  // cannot be written; an unreadable entry is returned and left alone.
  [[nodiscard]] entry read_or_create(std::string_view server, const role_name& role);

  // Everything that has a password, sorted. Throws exec::error where the directory is there and cannot be read.
  [[nodiscard]] std::vector<listed_secret> list() const;

  // Of two log-ins that take turns (docs/rotation.md), the one that the application of a declared log-in uses. What is
  // written is there whole or not at all. Throws exec::error.
  [[nodiscard]] role_name in_use(std::string_view server, const role_name& declared) const;
  void use(std::string_view server, const role_name& declared, const role_name& log_in);
  // The password alone. Throws exec::error.
  void forget(std::string_view server, const role_name& role);

  // No error if it isn't there. Throws exec::error.
  void remove(std::string_view server, const role_name& role);

  [[nodiscard]] std::filesystem::path password_file(std::string_view server, const role_name& role) const;

 private:
  [[nodiscard]] std::filesystem::path folder(std::string_view server, const role_name& role) const;
  [[nodiscard]] secret verifier_for(const std::filesystem::path& in, const secret& password) const;

  [[nodiscard]] entry read_here(std::string_view server, const role_name& role) const;
  [[nodiscard]] bool is_external(std::string_view server, const role_name& role) const;

  std::filesystem::path directory_;
  elsewhere others_;
};

}  // namespace innkeeper::exec
