#include "core/tls_trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace innkeeper {
namespace {

struct words {
  tls_trouble met;
  std::string_view name;
  std::string_view text;
  std::string_view hint;  // {root}, {crl}: the files that the connection names
};

constexpr std::array<words, 16> all_words{{
    {tls_trouble::none, "none", "", ""},
    {tls_trouble::not_offered, "not_offered", "has no TLS, and the connection asks for it",
     "Switch TLS on at the server (ssl = on; of an embedded server: innkeeper up --tls), or lower sslmode in its url "
     "to "
     "prefer or disable."},
    {tls_trouble::no_root_file, "no_root_file", "can't be verified: the file of its authority is missing",
     "Put the authority's certificate into {root}, or name another file as sslrootcert in the url."},
    {tls_trouble::unreadable_root, "unreadable_root", "can't be verified: the file of its authority can't be read",
     "Put the authority's certificate, in PEM form, into {root}."},
    {tls_trouble::unverified, "unverified", "has a certificate that can't be verified",
     "Compare the server's certificate with the authorities in {root}."},
    {tls_trouble::unknown_authority, "unknown_authority", "has a certificate of an unknown authority",
     "Get the certificate of the authority that issued it, from who runs the server, and name its file as sslrootcert "
     "in "
     "the url; now it is {root}."},
    {tls_trouble::expired, "expired", "has a certificate that has expired",
     "Renew it at the server and reload that; of an embedded server: innkeeper up."},
    {tls_trouble::authority_expired, "authority_expired", "has a certificate whose authority has expired",
     "Get the authority's new certificate, from who runs the server, into {root}."},
    {tls_trouble::not_yet_valid, "not_yet_valid", "has a certificate that is not valid yet",
     "Compare the clocks of the two machines; this one's may be behind."},
    {tls_trouble::wrong_host, "wrong_host", "has a certificate for other hosts",
     "Name the server in the url by one of those names (with hostaddr=ADDRESS where no DNS knows it), or have its "
     "certificate issued for this one too."},
    {tls_trouble::revoked, "revoked", "has a certificate that was revoked",
     "Ask who runs the server: its key may have been stolen. Don't lower sslmode."},
    {tls_trouble::bad_revocation_list, "bad_revocation_list",
     "can't be verified: the list of revoked certificates doesn't do",
     "Get a current list from the authority into {crl}, or take sslcrl out of the url."},
    {tls_trouble::bad_client_file, "bad_client_file", "can't be reached with this certificate of ours",
     "Put certificate and key, in PEM form, where sslcert and sslkey point to; only its owner may read the key (chmod "
     "600)."},
    {tls_trouble::refused_client, "refused_client", "doesn't take our certificate, or misses one",
     "Name certificate and key as sslcert and sslkey in the url, issued by an authority in the server's ssl_ca_file."},
    {tls_trouble::no_common_version, "no_common_version", "and the client have no version of TLS in common",
     "Compare ssl_min_protocol_version and ssl_max_protocol_version of the server with those in the url."},
    {tls_trouble::other, "other", "and the client do not agree on encryption",
     "Set sslmode in the url to what the server offers, and sslrootcert where it is to be verified."},
}};

const words& words_of(tls_trouble met) {
  return *std::ranges::find(all_words, met, &words::met);
}

std::string file_of(const conninfo& target, const char* parameter, std::string_view by_default) {
  const auto found = target.parameters.find(parameter);
  const bool is_named = found != target.parameters.end() && !found->second.empty();
  return is_named ? fmt::format("\"{}\"", found->second) : std::string{by_default};
}

void put(std::string& text, std::string_view mark, const std::string& value) {
  if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), value);
}

}  // namespace

std::string_view to_string(tls_trouble met) {
  return words_of(met).text;
}

std::string_view name_of(tls_trouble met) {
  return words_of(met).name;
}

std::string hint_for(tls_trouble met, const conninfo& target) {
  std::string text{words_of(met).hint};
  put(text, "{root}", file_of(target, "sslrootcert", "~/.postgresql/root.crt"));
  put(text, "{crl}", file_of(target, "sslcrl", "~/.postgresql/root.crl"));
  return text;
}

}  // namespace innkeeper
