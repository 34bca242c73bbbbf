#include "core/secret_look.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "core/text.h"

namespace innkeeper {
namespace {

constexpr std::array secret_words{"passw",  "passphrase", "pwd",  "secret",     "token", "api_key",
                                  "apikey", "jwt",        "_key", "credential", "dsn",   "conninfo"};

// How tokens of well-known issuers begin.
constexpr std::array token_beginnings{"ghp_", "gho_",     "ghs_",     "github_pat_", "glpat-",    "xoxb-", "xoxp-",
                                      "sk-",  "sk_live_", "rk_live_", "akia",        "asia",      "aiza",  "ya29.",
                                      "eyj",  "hvs.",     "npm_",     "pypi-",       "-----begin"};

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// scheme://user:password@host
bool has_password_in_uri(std::string_view text) {
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const auto rest = text.substr(at + 3);
    const auto end = rest.find_first_of(" /?#'\"");
    const auto authority = rest.substr(0, end);
    const auto at_sign = authority.rfind('@');
    if (at_sign == std::string_view::npos) continue;
    const auto colon = authority.substr(0, at_sign).find(':');
    if (colon != std::string_view::npos && colon + 1 < at_sign) return true;
  }
  return false;
}

// password=…, pgpassword=…, pwd: …
bool names_a_password(std::string_view text) {
  for (const std::string_view word : {"password", "passwd", "pwd", "secret", "api_key", "apikey", "token"}) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
      auto rest = text.substr(at + word.size());
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      const bool is_assigned = rest.starts_with('=');
      if (!is_assigned && !rest.starts_with(':')) continue;
      rest.remove_prefix(1);
      while (rest.starts_with(' ')) rest.remove_prefix(1);
      // Behind a colon a sentence may follow: "password: see the vault".
      const bool is_a_sentence = !is_assigned && rest.find(' ') != std::string_view::npos;
      if (!rest.empty() && !rest.starts_with('%') && !is_a_sentence) return true;
    }
  }
  return false;
}

bool begins_like_a_token(std::string_view text) {
  for (const std::string_view beginning : token_beginnings) {
    for (auto at = text.find(beginning); at != std::string_view::npos; at = text.find(beginning, at + 1)) {
      const bool starts_a_word = at == 0 || !is_word_character(text[at - 1]);
      auto end = at;
      while (end < text.size() && (is_word_character(text[end]) || text[end] == '.')) ++end;
      if (starts_a_word && end - at >= 16) return true;
    }
  }
  return text.find("-----begin") != std::string_view::npos;
}

bool is_verifier(std::string_view text) {
  return text.starts_with("scram-sha-256$") || (text.size() == 35 && text.starts_with("md5"));
}

bool name_says_so(std::string_view name) {
  return std::ranges::any_of(secret_words, [&](std::string_view word) { return name.find(word) != name.npos; });
}

}  // namespace

bool value_looks_secret(std::string_view text) {
  const std::string plain = to_lower(text);
  return has_password_in_uri(text) || names_a_password(plain) || begins_like_a_token(plain) || is_verifier(plain);
}

bool setting_looks_secret(std::string_view name, std::string_view value) {
  if (value.empty()) return false;
  const auto dot = name.find('.');
  if (dot != std::string_view::npos && name_says_so(to_lower(name.substr(dot + 1)))) {
    const std::string plain = to_lower(value);
    // Switches and numbers are no secrets, whatever they are called.
    const bool is_number = std::ranges::all_of(plain, [](unsigned char c) { return std::isdigit(c) != 0; });
    constexpr std::array switches{"on", "off", "true", "false", "yes", "no", "none"};
    return !(is_number && plain.size() < 8) && std::ranges::find(switches, plain) == switches.end();
  }
  return value_looks_secret(value);
}

}  // namespace innkeeper
