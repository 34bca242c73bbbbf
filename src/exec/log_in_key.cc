#include "exec/log_in_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "exec/embedded_tls.h"
#include "exec/error.h"
#include "exec/private_file.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

std::string whole_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool is_good(const client_files& files, const key_pair& authority, const role_name& role,
             std::chrono::sys_seconds now) {
  const key_pair found{whole_file(files.certificate), secret{whole_file(files.key)}};
  try {
    const auto facts = read_certificate(found.certificate);
    return is_whole(found) && facts.subject == role.value && !is_due(facts, now) &&
           is_signed_by(found.certificate, authority.certificate) &&
           whole_file(files.java_key) == to_pkcs8(found.key).expose();
  } catch (const error&) {
    return false;
  }
}

// One that can still be used.
std::optional<secret> kept_key(const fs::path& file) {
  secret key{whole_file(file)};
  try {
    (void)to_pkcs8(key);
    return key;
  } catch (const error&) {
    return std::nullopt;
  }
}

void write_java_key(const client_files& files, const secret& key) {
  const auto wanted = to_pkcs8(key);
  if (whole_file(files.java_key) != wanted.expose()) write_private_file(files.java_key, wanted.expose());
}

}  // namespace

client_files client_files_of(const secret_store& store, std::string_view server, const role_name& role) {
  const auto in = store.password_file(server, role).parent_path();
  return {in / "client.crt", in / "client.key", in / "client.pk8"};
}

log_in_key read_log_in_key(const secret_store& store, std::string_view server, const role_name& role,
                           authentication_kind kind) {
  if (kind == authentication_kind::certificate) {
    const auto files = client_files_of(store, server, role);
    std::error_code ignored;
    for (const auto& file : {files.certificate, files.key}) {
      if (!fs::exists(file, ignored)) {
        return {.problem = fmt::format("there is no certificate of \"{}\": \"{}\" is missing", role, file.string())};
      }
    }
    return {.certificate = files};
  }
  auto entry = store.read(server, role);
  switch (entry.state) {
    case stored_state::present:
      return {.password = std::move(entry.value.password)};
    case stored_state::absent:
      return {.problem = fmt::format("no password of \"{}\" is stored", role)};
    case stored_state::unreadable:
      return {.problem = std::move(entry.problem)};
  }
  return {};
}

void show_key(const log_in_key& key, conninfo& by) {
  if (key.password) by.password = key.password;
  if (!key.certificate) return;
  by.parameters["sslcert"] = key.certificate->certificate;
  by.parameters["sslkey"] = key.certificate->key;
}

authentication_kind kind_of_log_in(const estate& all, std::string_view server, const role_name& role) {
  const auto by_certificate = log_ins_by_certificate(all, server);
  return std::ranges::find(by_certificate, role) == by_certificate.end() ? authentication_kind::password
                                                                         : authentication_kind::certificate;
}

bool keep_client_certificate(const client_files& files, const key_pair& authority, const role_name& role,
                             std::chrono::sys_seconds now) {
  if (is_good(files, authority, role, now)) return false;
  const auto when = valid_from(now, certificate_lifetime);
  ensure_private_directory(files.certificate.parent_path());
  if (const auto kept = kept_key(files.key)) {
    // Whoever connects meanwhile, and whoever comes after a run that was cut off, finds two that fit.
    const auto renewed = certify_client(authority, role, when, *kept);
    write_java_key(files, *kept);
    write_private_file(files.certificate, renewed);
    return true;
  }
  const auto made = make_client_certificate(authority, role, when);
  write_java_key(files, made.key);
  write_private_file(files.key, made.key.expose());
  write_private_file(files.certificate, made.certificate);
  return true;
}

}  // namespace innkeeper::exec
