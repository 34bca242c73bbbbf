#pragma once
// Inside of the catalog probes: what a group of objects gives to whom beyond what initdb or an extension gave, in words
// and as the statement that takes it back. Not for others.
#include <string>
#include <string_view>

#include "core/security.h"

namespace innkeeper {

// The item without what the group was given at first; no privileges where nothing is left.
[[nodiscard]] acl_item excess_of(const granted_objects& group, const acl_item& item);

// "table public.orders", or "3 tables of schema "public", such as public.orders".
[[nodiscard]] std::string words_of(const granted_objects& group);

// `REVOKE SELECT ON TABLE public.orders FROM "erp_user";`, as the role that granted it where that isn't the owner: a
// REVOKE takes back only what its own role gave.
[[nodiscard]] std::string revoking_statement(const granted_objects& group, const acl_item& item);
[[nodiscard]] std::string revoking_grant_option(const granted_objects& group, const acl_item& item);

// "PUBLIC", or the quoted name.
[[nodiscard]] std::string quoted_grantee(const role_name& grantee);
// "every role that is in", or "role "x"".
[[nodiscard]] std::string grantee_words(const role_name& grantee);

}  // namespace innkeeper
