#include "exec/secret_store.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

#include "core/scram.h"
#include "exec/error.h"
#include "exec/private_file.h"
#include "exec/random.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view password_name = "password";
constexpr std::string_view verifier_name = "verifier";
constexpr std::string_view in_use_name = "in_use";

// "." and ".." and what else is not plain never reach the file system.
std::string file_name(std::string_view name) {
  static constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  for (const char byte : name) {
    if (plain.find(byte) != std::string_view::npos) {
      text += byte;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    }
  }
  return text.empty() ? "%" : text;
}

std::optional<std::string> name_of_file(std::string_view text) {
  std::string name;
  if (text != "%") {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '%') {
        name += text[i];
      } else {
        const auto hex = text.substr(i + 1, 2);
        if (hex.size() != 2 || hex.find_first_not_of("0123456789ABCDEF") != std::string_view::npos) return std::nullopt;
        name += static_cast<char>(std::stoi(std::string{hex}, nullptr, 16));
        i += 2;
      }
    }
  }
  if (file_name(name) != text) return std::nullopt;
  return name;
}

file_content unreadable(std::string problem) {
  return {.state = stored_state::unreadable, .problem = std::move(problem)};
}

// A file that others may read is refused before anything is said about what stands in it.
file_content read_file(const fs::path& file) {
  file_content content = read_small_file(file, 65536);
  if (content.others_may_read) return unreadable(others_may_read_it(file));
  return content;
}

file_content read_password(const fs::path& file) {
  file_content content = read_file(file);
  if (content.state != stored_state::present) return content;
  std::string text = content.text.expose();
  if (text.ends_with('\n')) text.pop_back();
  if (text.empty())
    return unreadable(
        fmt::format("\"{}\" is empty: write the password into it, or remove it to have one made", file.string()));
  if (text.find_first_of(std::string_view{"\0\n", 2}) != std::string::npos)
    return unreadable(fmt::format("\"{}\" holds more than one line: write only the password into it", file.string()));
  content.text = secret{std::move(text)};
  return content;
}

// Ties a verifier to the password that it was made of, so that a password changed by hand is noticed without PBKDF2.
std::string binding(const secret& password, std::string_view verifier) {
  const secret both{fmt::format("innkeeper verifier\n{}\n{}", verifier, password.expose())};
  std::array<unsigned char, 32> digest{};
  if (EVP_Digest(both.expose().data(), both.expose().size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw error{exit_code::our_bug, "OpenSSL could not compute SHA-256"};
  std::string hex;
  for (const auto byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string verifier_line(const stored_secret& value) {
  const auto& verifier = value.verifier.expose();
  return fmt::format("{} {}\n", verifier, binding(value.password, verifier));
}

// The verifier, if this file's line is whole and belongs to the password.
std::optional<secret> bound_verifier(const file_content& content, const secret& password) {
  if (content.state != stored_state::present) return std::nullopt;
  const std::string& line = content.text.expose();
  const auto blank = line.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  secret verifier{line.substr(0, blank)};
  const secret expected{verifier_line({password, verifier})};
  if (expected.expose().size() != line.size() || CRYPTO_memcmp(expected.expose().data(), line.data(), line.size()) != 0)
    return std::nullopt;
  return verifier;
}

[[noreturn]] void fail(std::string_view what, const fs::path& path, const std::error_code& cause) {
  throw error{exit_code::failed, fmt::format("could not {} \"{}\"", what, path.string()), cause.message()};
}

std::vector<fs::path> entries_of(const fs::path& directory) {
  std::error_code failure;
  fs::directory_iterator entries{directory, failure};
  if (failure == std::errc::no_such_file_or_directory) return {};
  if (failure) fail("read directory", directory, failure);
  std::vector<fs::path> all;
  for (; entries != fs::directory_iterator{}; entries.increment(failure)) {
    all.push_back(entries->path());
    if (failure) fail("read directory", directory, failure);
  }
  return all;
}

}  // namespace

fs::path secret_store::folder(std::string_view server, const role_name& role) const {
  return directory_ / file_name(server) / file_name(role.value);
}

fs::path secret_store::password_file(std::string_view server, const role_name& role) const {
  return folder(server, role) / password_name;
}

secret secret_store::verifier_for(const fs::path& in, const secret& password) const {
  const fs::path file = in / verifier_name;
  const file_content stored = read_file(file);
  if (auto verifier = bound_verifier(stored, password)) return *verifier;
  const stored_secret made{password, scram_verifier(password, random_salt())};
  try {
    if (stored.state != stored_state::absent) {
      write_private_file(file, verifier_line(made), durability::recomputable);
    } else if (!create_private_file(file, verifier_line(made), durability::recomputable)) {
      // Another process was first; its verifier is as good, and both should set the same one.
      if (auto theirs = bound_verifier(read_file(file), password)) return *theirs;
    }
  } catch (const error&) {
    // A read-only directory: the verifier is computed each time.
  }
  return made.verifier;
}

bool secret_store::is_external(std::string_view server, const role_name& role) const {
  return others_.is_external && others_.is_external(server, role);
}

secret_store::entry secret_store::read(std::string_view server, const role_name& role) const {
  if (is_external(server, role)) return others_.read(server, role);
  auto here = read_here(server, role);
  return here.state == stored_state::absent && others_.read ? others_.read(server, role) : here;
}

secret_store::entry secret_store::read_here(std::string_view server, const role_name& role) const {
  const fs::path in = folder(server, role);
  file_content password = read_password(in / password_name);
  if (password.state != stored_state::present) return {.state = password.state, .problem = std::move(password.problem)};
  secret verifier = verifier_for(in, password.text);
  return {.state = stored_state::present, .value = {std::move(password.text), std::move(verifier)}};
}

void secret_store::write(std::string_view server, const role_name& role, const stored_secret& value) {
  const std::string& password = value.password.expose();
  if (password.empty() || password.find_first_of(std::string_view{"\0\n", 2}) != std::string::npos)
    throw error{exit_code::invalid,
                fmt::format("the password for role \"{}\" is empty or has a line end or zero byte in it", role)};
  const fs::path in = folder(server, role);
  ensure_private_directory(directory_);
  ensure_private_directory(in);
  write_private_file(in / password_name, value.password.expose());
  write_private_file(in / verifier_name, verifier_line(value), durability::recomputable);
}

secret_store::entry secret_store::read_or_create(std::string_view server, const role_name& role) {
  if (is_external(server, role)) return read(server, role);
  const auto there = read(server, role);
  if (there.state == stored_state::unreadable || (there.state == stored_state::present && there.from.empty()))
    return there;
  ensure_private_directory(directory_);
  const fs::path in = folder(server, role);
  ensure_private_directory(in);
  // Whoever comes second finds the other's password; either way the file is what counts.
  if (there.state == stored_state::absent) {
    (void)create_private_file(in / password_name, generate_password().expose());
  } else if (create_private_file(in / password_name, there.value.password.expose())) {
    write_private_file(in / verifier_name, verifier_line(there.value), durability::recomputable);
  }
  return read_here(server, role);
}

std::vector<secret_store::listed_secret> secret_store::list() const {
  std::vector<listed_secret> all;
  for (const auto& server : entries_of(directory_)) {
    const auto server_name = name_of_file(server.filename().string());
    std::error_code ignored;
    if (!server_name || !fs::is_directory(server, ignored)) continue;
    for (const auto& role : entries_of(server)) {
      const auto name = name_of_file(role.filename().string());
      if (name && fs::exists(role / password_name, ignored)) all.push_back({*server_name, {*name}});
    }
  }
  std::ranges::sort(all);
  return all;
}

role_name secret_store::in_use(std::string_view server, const role_name& declared) const {
  const fs::path file = folder(server, declared) / in_use_name;
  const file_content content = read_file(file);
  if (content.state == stored_state::absent) return declared;
  std::string name = content.text.expose();
  if (name.ends_with('\n')) name.pop_back();
  if (content.state == stored_state::unreadable || name.empty()) {
    throw error{exit_code::invalid, fmt::format("which log-in \"{}\" stands for can't be read", declared),
                content.problem.empty() ? fmt::format("\"{}\" is empty", file.string()) : content.problem,
                "Run innkeeper apply; it writes this file anew."};
  }
  return {std::move(name)};
}

void secret_store::use(std::string_view server, const role_name& declared, const role_name& log_in) {
  const fs::path in = folder(server, declared);
  ensure_private_directory(directory_);
  ensure_private_directory(in);
  write_private_file(in / in_use_name, log_in.value + "\n");
}

void secret_store::forget(std::string_view server, const role_name& role) {
  const fs::path in = folder(server, role);
  for (const auto& name : {password_name, verifier_name}) {
    std::error_code failure;
    fs::remove(in / name, failure);
    if (failure && failure != std::errc::not_a_directory) fail("remove", in / name, failure);
  }
}

void secret_store::remove(std::string_view server, const role_name& role) {
  const fs::path in = folder(server, role);
  std::error_code failure;
  // The password first: without it the rest is nothing.
  fs::remove(in / password_name, failure);
  if (!failure) fs::remove_all(in, failure);
  if (failure && failure != std::errc::not_a_directory) fail("remove", in, failure);
}

}  // namespace innkeeper::exec
