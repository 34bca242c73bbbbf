#include "exec/certificate_probe.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>

#include "exec/certificate_reading.h"
#include "exec/error.h"
#include "exec/openssl_handle.h"
#include "exec/tcp.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

// What verifying a chain met first, and how far up: 0 is the server's own certificate.
struct first_problem {
  int code = X509_V_OK;
  int depth = 0;
};

int note_problem(int is_good, X509_STORE_CTX* context) {
  if (is_good == 1) return 1;
  auto* tls = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* found = static_cast<first_problem*>(SSL_get_app_data(tls));
  if (found->code == X509_V_OK) {
    *found = {X509_STORE_CTX_get_error(context), X509_STORE_CTX_get_error_depth(context)};
  }
  return 1;  // go on: what it shows is wanted whole
}

std::string parameter(const conninfo& target, const char* name) {
  const auto found = target.parameters.find(name);
  return found == target.parameters.end() ? std::string{} : found->second;
}

// libpq's own places.
std::string file_of(const conninfo& target, const char* name, const char* variable, const char* in_home) {
  if (auto file = parameter(target, name); !file.empty()) return file;
  if (const char* file = std::getenv(variable); file != nullptr && *file != '\0') return file;
  const char* home = std::getenv("HOME");
  return home == nullptr ? std::string{} : (fs::path{home} / ".postgresql" / in_home).string();
}

std::string sslmode_of(const conninfo& target) {
  if (auto mode = parameter(target, "sslmode"); !mode.empty()) return mode;
  const char* mode = std::getenv("PGSSLMODE");
  return mode == nullptr || *mode == '\0' ? "prefer" : mode;
}

// PostgreSQL's way to begin TLS: a message that asks, one byte that answers.
bool offers_tls(int socket, tcp_deadline deadline) {
  constexpr std::array<unsigned char, 8> request{0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f};
  if (send(socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    throw unreached{.met = obstacle::lost, .text = std::strerror(errno)};
  }
  for (;;) {
    await_socket(socket, POLLIN, deadline);
    char answer = 0;
    const auto count = recv(socket, &answer, 1, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count == 1 && (answer == 'S' || answer == 'N')) return answer == 'S';
    throw unreached{.met = obstacle::lost, .text = "it does not answer as PostgreSQL does"};
  }
}

bool is_ip_address(const std::string& host) {
  const std::unique_ptr<ASN1_OCTET_STRING, freed_by<ASN1_OCTET_STRING_free>> bytes{a2i_IPADDRESS(host.c_str())};
  return bytes != nullptr;
}

class probe_session {
 public:
  probe_session(const conninfo& target, const endpoint& at) : target_{target}, at_{at}, mode_{sslmode_of(target)} {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_) throw error{exit_code::our_bug, "OpenSSL could not begin"};
    take_root();
    take_revocations();
  }

  shown_certificate run(int socket, tcp_deadline deadline) {
    shake_hands(socket, deadline);
    const owned_certificate shown{SSL_get1_peer_certificate(tls_.get())};
    if (!shown) throw unreached{.met = obstacle::lost, .text = "it shows no certificate"};
    shown_certificate result{.server = facts_of(shown.get())};
    if (const STACK_OF(X509)* chain = SSL_get0_verified_chain(tls_.get());
        has_root_ && problem_.code == X509_V_OK && chain != nullptr && sk_X509_num(chain) > 1) {
      result.authority = facts_of(sk_X509_value(chain, sk_X509_num(chain) - 1));
    }
    judge(result, shown.get());
    part(socket, deadline);
    return result;
  }

 private:
  void take_root() {
    root_ = file_of(target_, "sslrootcert", "PGSSLROOTCERT", "root.crt");
    std::error_code ignored;
    if (root_ == "system") {
      has_root_ = SSL_CTX_set_default_verify_paths(context_.get()) == 1;
    } else if (!root_.empty() && fs::exists(root_, ignored)) {
      has_root_ = SSL_CTX_load_verify_locations(context_.get(), root_.c_str(), nullptr) == 1;
      is_unreadable_ = !has_root_;
    }
    ERR_clear_error();
  }

  void take_revocations() {
    const auto list = file_of(target_, "sslcrl", "PGSSLCRL", "root.crl");
    const auto folder = parameter(target_, "sslcrldir");
    const auto name_of = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
    std::error_code ignored;
    const bool has_list = fs::exists(list, ignored);
    if (!has_list && folder.empty()) return;
    X509_STORE* store = SSL_CTX_get_cert_store(context_.get());
    if (X509_STORE_load_locations(store, has_list ? list.c_str() : nullptr, name_of(folder)) == 1) {
      X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    }
    ERR_clear_error();
  }

  // Between memory and the socket by hand: OpenSSL's own writes would raise SIGPIPE in a service that links this.
  void shake_hands(int socket, tcp_deadline deadline) {
    tls_.reset(SSL_new(context_.get()));
    BIO* incoming = BIO_new(BIO_s_mem());
    BIO* outgoing = BIO_new(BIO_s_mem());
    if (!tls_ || incoming == nullptr || outgoing == nullptr) throw error{exit_code::our_bug, "OpenSSL could not begin"};
    SSL_set_bio(tls_.get(), incoming, outgoing);
    SSL_set_app_data(tls_.get(), &problem_);
    SSL_set_verify(tls_.get(), SSL_VERIFY_PEER, note_problem);
    if (!at_.host.empty() && !is_ip_address(at_.host)) SSL_set_tlsext_host_name(tls_.get(), at_.host.c_str());
    for (;;) {
      ERR_clear_error();
      const int done = SSL_connect(tls_.get());
      const int why = SSL_get_error(tls_.get(), done);
      send_all(socket, outgoing, deadline);
      if (done == 1) return;
      if (why != SSL_ERROR_WANT_READ) refuse_handshake();
      receive_some(socket, incoming, deadline);
    }
  }

  // What the server has sent is read to its end: else it meets a reset, and complains of that in its log.
  void part(int socket, tcp_deadline deadline) {
    try {
      SSL_shutdown(tls_.get());
      send_all(socket, SSL_get_wbio(tls_.get()), deadline);
      ::shutdown(socket, SHUT_WR);
      std::array<char, 4096> ignored{};
      for (;;) {
        await_socket(socket, POLLIN, deadline);
        const auto count = recv(socket, ignored.data(), ignored.size(), 0);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return;
      }
    } catch (const unreached&) {
      return;  // it was seen all the same
    }
  }

  static void send_all(int socket, BIO* outgoing, tcp_deadline deadline) {
    char* begin = nullptr;
    std::string_view rest;
    if (const long size = BIO_get_mem_data(outgoing, &begin); size > 0) rest = {begin, static_cast<std::size_t>(size)};
    while (!rest.empty()) {
      const auto sent = send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) throw unreached{obstacle::lost, std::strerror(errno)};
      if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
      if (sent < 0) await_socket(socket, POLLOUT, deadline);
    }
    (void)BIO_reset(outgoing);
  }

  static void receive_some(int socket, BIO* incoming, tcp_deadline deadline) {
    std::array<char, 4096> buffer{};
    for (;;) {
      await_socket(socket, POLLIN, deadline);
      const auto count = recv(socket, buffer.data(), buffer.size(), 0);
      if (count > 0) {
        BIO_write(incoming, buffer.data(), static_cast<int>(count));
        return;
      }
      if (count == 0) throw unreached{obstacle::lost, "it closed the connection during the TLS handshake"};
      if (errno != EAGAIN && errno != EINTR) throw unreached{obstacle::lost, std::strerror(errno)};
    }
  }

  [[noreturn]] static void refuse_handshake() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    ERR_clear_error();
    throw unreached{.met = obstacle::tls, .text = reason == nullptr ? "the TLS handshake broke off" : reason};
  }

  void judge(shown_certificate& result, X509* shown) const {
    const bool verifies = mode_ == "verify-ca" || mode_ == "verify-full" || (mode_ == "require" && has_root_);
    if (!verifies) return;
    const auto say = [&](tls_trouble met, std::string detail) {
      result.trouble = met;
      result.detail = std::move(detail);
    };
    if (is_unreadable_) return say(tls_trouble::unreadable_root, fmt::format("\"{}\" holds no certificate", root_));
    if (!has_root_) return say(tls_trouble::no_root_file, fmt::format("there is no \"{}\"", root_));
    if (problem_.code != X509_V_OK) return judge_chain(result);
    if (mode_ != "verify-full" || is_for_host(shown)) return;
    say(tls_trouble::wrong_host,
        fmt::format("it is for {}, and not for {}",
                    result.server.names.empty() ? result.server.subject
                                                : fmt::format("{}", fmt::join(result.server.names, ", ")),
                    at_.host));
  }

  [[nodiscard]] bool is_for_host(X509* shown) const {
    return is_ip_address(at_.host) ? X509_check_ip_asc(shown, at_.host.c_str(), 0) == 1
                                   : X509_check_host(shown, at_.host.data(), at_.host.size(), 0, nullptr) == 1;
  }

  void judge_chain(shown_certificate& result) const {
    const auto& one = result.server;
    const std::string openssls_words = X509_verify_cert_error_string(problem_.code);
    switch (problem_.code) {
      case X509_V_ERR_CERT_HAS_EXPIRED:
        result.trouble = problem_.depth == 0 ? tls_trouble::expired : tls_trouble::authority_expired;
        result.detail = problem_.depth == 0 ? fmt::format("it ended on {}", time_text(one.ends))
                                            : fmt::format("it was issued by \"{}\": {}", one.issuer, openssls_words);
        return;
      case X509_V_ERR_CERT_NOT_YET_VALID:
        result.trouble = tls_trouble::not_yet_valid;
        result.detail = fmt::format("it begins on {}", time_text(one.begins));
        return;
      case X509_V_ERR_CERT_REVOKED:
        result.trouble = tls_trouble::revoked;
        result.detail = fmt::format("\"{}\", issued by \"{}\"", one.subject, one.issuer);
        return;
      case X509_V_ERR_UNABLE_TO_GET_CRL:
      case X509_V_ERR_CRL_HAS_EXPIRED:
      case X509_V_ERR_CRL_NOT_YET_VALID:
      case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        result.trouble = tls_trouble::bad_revocation_list;
        result.detail = openssls_words;
        return;
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
      case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        result.trouble = tls_trouble::unknown_authority;
        result.detail = fmt::format("it was issued by \"{}\", which is not in \"{}\"", one.issuer, root_);
        return;
      default:
        result.trouble = tls_trouble::unverified;
        result.detail = openssls_words;
    }
  }

  const conninfo& target_;
  const endpoint& at_;
  std::string mode_;
  std::string root_;
  bool has_root_ = false;
  bool is_unreadable_ = false;
  first_problem problem_;
  owned_tls_context context_;
  owned_tls tls_;
};

// Of its list, the one that belongs to this host.
std::string address_of(const conninfo& target, const endpoint& at) {
  auto rest = parameter(target, "hostaddr");
  for (const auto& one : target.endpoints) {
    const auto comma = rest.find(',');
    if (one == at) return rest.substr(0, comma);
    rest = comma == std::string::npos ? std::string{} : rest.substr(comma + 1);
  }
  return rest;
}

}  // namespace

std::string time_text(std::chrono::sys_seconds time) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::optional<shown_certificate> look_at_certificate(const conninfo& target, const endpoint& at,
                                                     std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const auto address = address_of(target, at);
  descriptor socket;
  connect_tcp(address.empty() ? at.host : address, at.port == 0 ? 5432 : at.port, socket, deadline);
  if (!offers_tls(socket.get(), deadline)) return std::nullopt;
  return probe_session{target, at}.run(socket.get(), deadline);
}

}  // namespace innkeeper::exec
