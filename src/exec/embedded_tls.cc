#include "exec/embedded_tls.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>

#include "core/postgresql_conf.h"
#include "exec/certificate_probe.h"
#include "exec/error.h"
#include "exec/private_file.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using std::chrono::sys_seconds;

constexpr days authority_lifetime{3653};
constexpr days next_authority_from{3 * 365};  // what is left of the first one when the next is made
constexpr std::chrono::minutes clock_skew{10};
constexpr std::string_view begin_of_key = "-----BEGIN PRIVATE KEY-----";

std::string in_one(const key_pair& pair) {
  return pair.certificate + pair.key.expose();
}

key_pair parted(const std::string& text) {
  const auto at = std::min(text.find(begin_of_key), text.size());
  return {text.substr(0, at), secret{text.substr(at)}};
}

// What is there and whole; a file that was damaged counts as missing.
std::optional<key_pair> read_pair(const fs::path& file) {
  auto pair = parted(read_whole(file));
  try {
    if (is_whole(pair)) return pair;
  } catch (const error&) {
    return std::nullopt;
  }
  return std::nullopt;
}

// An address has many spellings, and certificates are read back in this one.
std::string canonical(std::string host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  for (const int family : {AF_INET, AF_INET6}) {
    if (::inet_pton(family, host.c_str(), address.data()) != 1) continue;
    if (::inet_ntop(family, address.data(), text.data(), text.size()) != nullptr) return text.data();
  }
  return host;
}

class keeper {
 public:
  explicit keeper(const certificate_job& job) : job_{job}, files_{job.files} {}

  void run() {
    ensure_private_directory(files_.authority.parent_path());
    const auto authority = keep_authority();
    const auto next = keep_next_authority(authority);
    keep_roots(authority, next);
    keep_server(authority);
  }

 private:
  [[nodiscard]] std::chrono::seconds left_of(const key_pair& pair) const {
    return read_certificate(pair.certificate).ends - job_.now;
  }

  key_pair made_authority(const fs::path& into) {
    const auto until = valid_from(job_.now, authority_lifetime);
    // The year tells it from the next one, for people.
    const std::chrono::year_month_day day{std::chrono::floor<days>(job_.now)};
    auto made = make_authority(fmt::format("Innkeeper {}", static_cast<int>(day.year())), until);
    write_private_file(into, in_one(made));
    job_.note(fmt::format("made a certificate authority, valid until {}", time_text(until.ends)));
    return made;
  }

  // One that is there and can't be used may be all that is left of what clients trust.
  [[nodiscard]] std::optional<key_pair> read_authority_at(const fs::path& file) const {
    auto found = read_pair(file);
    if (found || !fs::exists(file)) return found;
    const fs::path aside = fmt::format("{}.damaged-{}", file.string(), job_.now.time_since_epoch().count());
    fs::rename(file, aside);
    job_.note(fmt::format("\"{}\" was damaged: it is kept as \"{}\"", file.string(), aside.string()));
    return std::nullopt;
  }

  key_pair keep_authority() {
    auto authority = read_authority_at(files_.authority);
    if (authority && left_of(*authority) > certificate_lifetime + clock_skew) return *authority;
    if (auto next = read_authority_at(files_.next_authority)) {
      fs::rename(files_.next_authority, files_.authority);
      job_.note("the next certificate authority signs from now on");
      return *next;
    }
    return made_authority(files_.authority);
  }

  std::optional<key_pair> keep_next_authority(const key_pair& authority) {
    if (auto next = read_authority_at(files_.next_authority)) return next;
    if (left_of(authority) > next_authority_from) return std::nullopt;
    return made_authority(files_.next_authority);
  }

  // The one that signs first: some drivers read no more than that. Older ones stay until they end.
  void keep_roots(const key_pair& authority, const std::optional<key_pair>& next) {
    std::string text = authority.certificate + (next ? next->certificate : "");
    const auto before = read_whole(files_.roots);
    for (std::size_t at = 0; at < before.size();) {
      constexpr std::string_view end_of_one = "-----END CERTIFICATE-----\n";
      const auto end = before.find(end_of_one, at);
      if (end == std::string::npos) break;
      const auto one = before.substr(at, end + end_of_one.size() - at);
      at = end + end_of_one.size();
      if (text.find(one) == std::string::npos && is_still_valid(one)) text += one;
    }
    if (before != text) {
      job_.before_change();
      // Never closed to those who read it, not even for a moment.
      const fs::path beside = files_.roots.string() + ".new";
      write_private_file(beside, text);
      fs::permissions(beside, fs::perms{0644});
      fs::rename(beside, files_.roots);
      sync_directory(files_.roots.parent_path());
    } else {
      fs::permissions(files_.roots, fs::perms{0644});
    }
  }

  [[nodiscard]] bool is_still_valid(const std::string& certificate) const {
    try {
      return read_certificate(certificate).ends > job_.now;
    } catch (const error&) {
      return false;
    }
  }

  void keep_server(const key_pair& authority) {
    const auto known = read_pair(files_.server);
    if (known && is_good(*known, authority)) return;
    const auto until = valid_from(job_.now, certificate_lifetime);
    const auto made = make_server_certificate(authority, job_.names, until);
    job_.before_change();
    (void)write_for_server(files_.server, in_one(made), job_.runs_as);
    job_.note(fmt::format("made the server's certificate, valid until {}", time_text(until.ends)));
  }

  [[nodiscard]] bool is_good(const key_pair& pair, const key_pair& authority) const {
    const auto facts = read_certificate(pair.certificate);
    auto wanted = job_.names;
    auto found = facts.names;
    std::ranges::sort(wanted);
    std::ranges::sort(found);
    return wanted == found && !is_due(facts, job_.now) && is_signed_by(pair.certificate, authority.certificate);
  }

  const certificate_job& job_;
  const tls_files& files_;
};

}  // namespace

tls_files tls_files_of(const embedded_paths& paths) {
  const auto base = paths.data.parent_path();
  const auto own = paths.state / "tls";
  tls_files files{.authority = own / "authority.pem",
                  .next_authority = own / "next_authority.pem",
                  .roots = own / "ca.crt",
                  .server = base / "server.pem"};
  // As root, state and data are closed to everybody else; the folder above the data is not.
  if (base != paths.state) files.roots = base.parent_path() / (base.filename().string() + "-ca.crt");
  return files;
}

fs::path tls_settings_file(const embedded_paths& paths) {
  return paths.data / "innkeeper_tls.conf";
}

std::string tls_settings(const tls_files& files) {
  std::string text = "# TLS. Written by innkeeper at each start; changes made here are lost.\n";
  const auto set = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{} = {}\n", name, quote_conf_value(value));
  };
  set("ssl", "on");
  set("ssl_cert_file", files.server);
  set("ssl_key_file", files.server);
  set("ssl_ca_file", files.roots);
  set("ssl_min_protocol_version", "TLSv1.2");
  return text;
}

std::vector<std::string> names_for_certificate(const server_declaration& server, const machine& here) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const auto add = [&](const std::string& spelled) {
    auto name = canonical(spelled);
    static const std::vector<std::string> of_all{"", "*", "0.0.0.0", "::"};
    const bool is_known = std::ranges::find(names, name) != names.end();
    if (!is_known && std::ranges::find(of_all, name) == of_all.end()) names.push_back(std::move(name));
  };
  add(here.host_name);
  for (const auto& one : server.endpoints) {
    if (!one.pooler) add(one.address.host);
  }
  const auto listens = server.settings.find("listen_addresses");
  if (listens == server.settings.end()) return names;
  std::string word;
  for (const char c : listens->second.value + ",") {
    if (c == ',') {
      add(word);
      word.clear();
    } else if (c != ' ') {
      word += c;
    }
  }
  return names;
}

void keep_certificates(const certificate_job& job) {
  keeper{job}.run();
}

key_pair read_authority(const tls_files& files) {
  if (auto found = read_pair(files.authority)) return *found;
  throw error{exit_code::invalid,
              fmt::format("the certificate authority in \"{}\" can't be read", files.authority.string()),
              {},
              "Run innkeeper up, which makes another one where it is gone."};
}

bool is_due(const certificate_facts& one, sys_seconds now) {
  return now < one.begins || one.ends - now < (one.ends - one.begins) / 3;
}

validity valid_from(sys_seconds now, std::chrono::seconds lifetime) {
  return {now - clock_skew, now + lifetime};
}

}  // namespace innkeeper::exec
