#pragma once
// Access control lists as PostgreSQL prints them: "grantee=privileges/grantor", "=Tc/owner" for PUBLIC.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/name.h"

namespace innkeeper {

// The grantee PUBLIC.
inline const role_name everybody{};

// One letter a privilege, as in the manual's table "ACL Privilege Abbreviations": r SELECT, a INSERT, w UPDATE, d
// DELETE, D TRUNCATE, x REFERENCES, t TRIGGER, X EXECUTE, U USAGE, C CREATE, c CONNECT, T TEMPORARY, m MAINTAIN.
struct acl_item {
  role_name grantee;       // empty: PUBLIC
  std::string privileges;  // letters, in PostgreSQL's order, without the stars
  std::string grantable;   // those of them that carry WITH GRANT OPTION
  role_name grantor;

  [[nodiscard]] bool is_public() const { return grantee.empty(); }
  friend bool operator==(const acl_item&, const acl_item&) = default;
};

using acl = std::vector<acl_item>;

// std::nullopt where the text isn't an aclitem: then what the server holds is unknown, not empty.
[[nodiscard]] std::optional<acl_item> parse_acl_item(std::string_view text);

// An array of them as the server prints it: {"=U/owner",x=UC/owner}. What isn't an aclitem is left out.
[[nodiscard]] acl parse_acl(std::string_view array);

// What this grantee holds by itself, over all grantors; not by membership.
[[nodiscard]] std::string privileges_of(const acl& list, const role_name& grantee);

// The letters of `wanted` that `held` lacks, and the other way round.
[[nodiscard]] std::string missing(std::string_view wanted, std::string_view held);

// "SELECT, INSERT" for "ar": always in the manual's order.
[[nodiscard]] std::string privilege_words(std::string_view letters);

}  // namespace innkeeper
