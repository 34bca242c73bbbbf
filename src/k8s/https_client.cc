#include "k8s/https_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <charconv>

namespace innkeeper::k8s {
namespace {

constexpr std::size_t most_bytes = 16 * 1024 * 1024;  // of an answer; a Secret has at most 1 MiB
constexpr long connect_timeout_ms = 10'000;

struct list_end {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using string_list = std::unique_ptr<curl_slist, list_end>;

struct url_end {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using parsed_url = std::unique_ptr<CURLU, url_end>;

void append(string_list& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) throw std::bad_alloc{};
  (void)list.release();
  list.reset(longer);
}

std::string part_of(const parsed_url& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return {};
  std::string copy{text};
  curl_free(text);
  return copy;
}

parsed_url parse_url(const std::string& text) {
  parsed_url url{curl_url()};
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    throw transport_error{transport_problem::unusable, fmt::format("\"{}\" is no URL", text)};
  return url;
}

// Where the connection goes, and the name that the URL, the handshake and the certificate have.
struct target {
  std::string base;        // the URL's beginning, with that name
  std::string connect_to;  // curl's "HOST:PORT:HOST:PORT"; empty: where the name says
};

target target_of(const cluster_settings& settings) {
  if (settings.server_name.empty()) return {settings.server, {}};
  const auto url = parse_url(settings.server);
  const auto host = part_of(url, CURLUPART_HOST);
  const auto port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  if (curl_url_set(url.get(), CURLUPART_HOST, settings.server_name.c_str(), 0) != CURLUE_OK)
    throw transport_error{transport_problem::unusable,
                          fmt::format("\"{}\" is no name of a server", settings.server_name)};
  auto base = part_of(url, CURLUPART_URL);
  while (base.ends_with('/')) base.pop_back();
  return {std::move(base), fmt::format("::{}:{}", host, port)};
}

transport_problem problem_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return transport_problem::unreachable;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
      return transport_problem::untrusted;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_NOT_BUILT_IN:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
      return transport_problem::unusable;
    default:
      return transport_problem::lost;
  }
}

std::size_t collect(char* bytes, std::size_t, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + count > most_bytes) return 0;
  body.append(bytes, count);
  return count;
}

curl_blob blob_of(const std::string& text) {
  // curl's type has no const; it copies.
  return {const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
}

}  // namespace

// Options stay from one request to the next, and so does the connection.
struct https_client::connection {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{curl_easy_init(), curl_easy_cleanup};
  std::array<char, CURL_ERROR_SIZE> problem{};
  string_list connect_to;
  std::string base;

  explicit connection(const cluster_settings& settings) {
    if (!handle) throw transport_error{transport_problem::unusable, "curl could not be started"};
    const auto reach = target_of(settings);
    base = reach.base;
    set(CURLOPT_ERRORBUFFER, problem.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "https,http");
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_USERAGENT, "innkeeper/" INNKEEPER_VERSION);
    set(CURLOPT_WRITEFUNCTION, collect);
    if (!reach.connect_to.empty()) {
      append(connect_to, reach.connect_to);
      set(CURLOPT_CONNECT_TO, connect_to.get());
    }
    if (!settings.proxy.empty()) set(CURLOPT_PROXY, settings.proxy.c_str());
    // In clear, to this machine alone: no proxy of the environment may see it.
    if (settings.server.starts_with("http://")) set(CURLOPT_NOPROXY, "*");
    trust(settings);
    introduce(settings);
  }

  void trust(const cluster_settings& settings) {
    set(CURLOPT_SSL_VERIFYPEER, settings.is_verified ? 1L : 0L);
    set(CURLOPT_SSL_VERIFYHOST, settings.is_verified ? 2L : 0L);
    if (settings.authority.empty()) return;
    // The named authority alone, not also those that the system trusts.
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    auto blob = blob_of(settings.authority);
    set(CURLOPT_CAINFO_BLOB, &blob);
  }

  void introduce(const cluster_settings& settings) {
    if (settings.certificate.empty()) return;
    auto certificate = blob_of(settings.certificate);
    auto key = blob_of(settings.key.expose());
    set(CURLOPT_SSLCERT_BLOB, &certificate);
    set(CURLOPT_SSLCERTTYPE, "PEM");
    set(CURLOPT_SSLKEY_BLOB, &key);
    set(CURLOPT_SSLKEYTYPE, "PEM");
  }

  template <class Value>
  void set(CURLoption option, Value value) {
    const auto code = curl_easy_setopt(handle.get(), option, value);
    if (code != CURLE_OK) throw transport_error{problem_of(code), curl_easy_strerror(code)};
  }

  http_answer perform(const http_request& request) {
    string_list headers;
    append(headers, "Accept: application/json");
    // Without it curl asks whether it may send a body of more than a megabyte, and waits.
    append(headers, "Expect:");
    if (!request.content_type.empty()) append(headers, "Content-Type: " + request.content_type);
    if (!request.token.empty()) append(headers, "Authorization: Bearer " + request.token.expose());
    const std::string url = base + request.path;
    std::string body;
    problem[0] = '\0';
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(CURLOPT_WRITEDATA, &body);
    set(CURLOPT_HTTPGET, 1L);
    if (!request.content_type.empty()) {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.expose().size()));
      set(CURLOPT_POSTFIELDS, request.body.expose().c_str());
    }
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    const auto code = curl_easy_perform(handle.get());
    secret whole{std::move(body)};
    if (code != CURLE_OK) throw transport_error{problem_now(code), text_of(code)};
    http_answer answer{.body = std::move(whole)};
    long status = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > 0) answer.retry_after = std::chrono::seconds{seconds};
    return answer;
  }

  // Time that ran out before there was a connection says that nothing was done.
  transport_problem problem_now(CURLcode code) {
    curl_off_t connected = 0;
    curl_easy_getinfo(handle.get(), CURLINFO_CONNECT_TIME_T, &connected);
    if (code == CURLE_OPERATION_TIMEDOUT && connected == 0) return transport_problem::unreachable;
    return problem_of(code);
  }

  std::string text_of(CURLcode code) const { return problem[0] != '\0' ? problem.data() : curl_easy_strerror(code); }
};

https_client::https_client(cluster_settings settings) : settings_{std::move(settings)} {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw transport_error{transport_problem::unusable, curl_easy_strerror(started)};
}

https_client::~https_client() = default;

http_answer https_client::send(const http_request& request) {
  const std::lock_guard lock{guard_};
  if (!connection_) connection_ = std::make_unique<connection>(settings_);
  try {
    return connection_->perform(request);
  } catch (const transport_error&) {
    // The next one begins anew, whatever state this one is in.
    connection_.reset();
    throw;
  }
}

}  // namespace innkeeper::k8s
