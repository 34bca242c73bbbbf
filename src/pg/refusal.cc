#include "pg/refusal.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace innkeeper::pg {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
}

std::string field_line(std::string_view text, std::string_view mark) {
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + mark.size());
  return std::string{text.substr(0, text.find('\n'))};
}

// "connection to server at … failed: FATAL:  28P01: password …", then DETAIL and the like on lines of their own. The
// word before the code is in the server's language, so the code is found by its shape: behind a colon and two spaces.
std::optional<error_facts> servers_answer(std::string_view message) {
  constexpr std::string_view separator = ":  ";
  for (std::string_view head = message; !head.empty();) {
    const auto at = head.rfind(separator);
    if (at == std::string_view::npos) break;
    const auto rest = message.substr(at + separator.size());
    if (is_sqlstate(rest.substr(0, 5)) && rest.substr(5).starts_with(": ")) {
      return error_facts{.sqlstate = std::string{rest.substr(0, 5)},
                         .primary = field_line(rest, ": "),
                         .detail = field_line(rest, "\nDETAIL:  "),
                         .hint = field_line(rest, "\nHINT:  ")};
    }
    head = message.substr(0, at);
  }
  return std::nullopt;
}

struct known_phrase {
  std::string_view phrase;
  std::string_view sqlstate;
  tls_trouble tls = tls_trouble::none;
};

// libpq's own complaints, in its order of sources; they come untranslated, since Innkeeper never calls setlocale.
constexpr std::array<known_phrase, 38> phrases{{
    {"could not translate host name", "08001"},
    {"server does not support SSL", "08001", tls_trouble::not_offered},
    {"does not match host name", "08001", tls_trouble::wrong_host},
    {"could not read root certificate file", "08001", tls_trouble::unreadable_root},
    {"root certificate file", "08001", tls_trouble::no_root_file},
    {"certificate verify failed", "08001", tls_trouble::unverified},
    {"certificate file \"", "08001", tls_trouble::bad_client_file},
    {"private key", "08001", tls_trouble::bad_client_file},
    {"alert certificate required", "08001", tls_trouble::refused_client},
    {"alert bad certificate", "08001", tls_trouble::refused_client},
    {"alert unknown ca", "08001", tls_trouble::refused_client},
    {"alert certificate expired", "08001", tls_trouble::refused_client},
    {"alert certificate revoked", "08001", tls_trouble::refused_client},
    {"protocol version", "08001", tls_trouble::no_common_version},
    {"unsupported protocol", "08001", tls_trouble::no_common_version},
    {"SSL", "08001", tls_trouble::other},
    {"certificate", "08001", tls_trouble::other},
    {"no password supplied", "28P01"},
    {"password retrieved from file", "28P01"},
    {"authentication method", "28000"},
    {"channel binding", "28000"},
    {"session is read-only", "25006"},
    {"session is not read-only", "25006"},
    {"server is in hot standby mode", "25006"},
    {"server is not in hot standby mode", "25006"},
    {"invalid connection option", "22023"},
    {"value: \"", "22023"},
    {"invalid port number", "22023"},
    {"invalid integer value", "22023"},
    {"could not match", "22023"},
    {"is too long", "22023"},
    {"definition of service", "22023"},
    {"Connection refused", "08001"},
    {"No such file or directory", "08001"},
    {"No route to host", "08001"},
    {"Network is unreachable", "08001"},
    {"timed out", "08001"},
    {"timeout expired", "08001"},
}};

// Of several hosts' complaints the last one counts, and only what stands behind its host: hosts have odd names too.
std::string_view last_complaint(std::string_view message) {
  const auto begin = message.rfind("connection to server");
  if (begin == std::string_view::npos) return message;
  message.remove_prefix(begin);
  constexpr std::string_view verdict = " failed: ";
  const auto end = message.find(verdict);
  return end == std::string_view::npos ? message : message.substr(end + verdict.size());
}

}  // namespace

error_facts facts_of_refusal(std::string_view message) {
  if (auto answer = servers_answer(message)) return *answer;
  error_facts facts{.sqlstate = "08006", .primary = std::string{trimmed(message)}};
  const auto complaint = last_complaint(facts.primary);
  const auto found = std::ranges::find_if(
      phrases, [&](const auto& one) { return complaint.find(one.phrase) != std::string_view::npos; });
  if (found != phrases.end()) {
    facts.sqlstate = found->sqlstate;
    facts.tls = found->tls;
  }
  return facts;
}

}  // namespace innkeeper::pg
