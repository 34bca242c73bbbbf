#include "core/step.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "core/acl.h"
#include "core/pooler_lookup.h"

namespace innkeeper {
namespace {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;  // for clang 14, which compiles the fuzz targets

std::string plural(int count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string names(const std::vector<role_name>& roles) {
  if (roles.empty()) return "PUBLIC";
  std::string text;
  for (const auto& role : roles) text += (text.empty() ? "" : ", ") + role.value;
  return text;
}

std::string name_or_public(const role_name& role) {
  return role.empty() ? "PUBLIC" : role.value;
}

std::string_view noun_of(char kind) {
  switch (kind) {
    case 'S':
      return "sequences";
    case 'f':
      return "functions";
    case 'T':
      return "types";
    case 'n':
      return "schemas";
    default:
      return "tables";
  }
}

std::string_view words_of(function_group one) {
  switch (one) {
    case function_group::wal_messages:
      return "WAL messages (pg_logical_emit_message)";
    case function_group::advisory_locks:
      return "advisory locks (pg_advisory_lock …)";
    case function_group::large_objects:
      return "making large objects (lo_create …)";
  }
  return "";
}

struct phrase {
  std::string subject;
  std::string change;
};

struct phrase_of {
  phrase operator()(const steps::set_parameter& s) const {
    return {"setting " + s.name,
            fmt::format("set to {}{}", s.value, s.needs_restart ? ", takes effect when the server restarts" : "")};
  }
  phrase operator()(const steps::create_role& s) const {
    if (!s.can_login && s.connection_limit >= 0) {
      return {"role " + s.role.value, fmt::format("create, a log-in with at most {}, closed until its turn comes",
                                                  plural(s.connection_limit, "connection"))};
    }
    if (!s.can_login) return {"role " + s.role.value, "create, a group"};
    return {"role " + s.role.value,
            fmt::format("create, a log-in with at most {}, {}", plural(s.connection_limit, "connection"),
                        s.by_certificate ? "by certificate" : "password generated")};
  }
  phrase operator()(const steps::alter_role& s) const {
    std::string text;
    for (const auto& attribute : s.attributes) text += (text.empty() ? "" : " ") + attribute;
    if (s.connection_limit) {
      text += fmt::format("{}connection limit {}", text.empty() ? "" : ", ", *s.connection_limit);
    }
    return {"role " + s.role.value, text};
  }
  phrase operator()(const steps::set_password& s) const { return {"role " + s.role.value, "set password"}; }
  phrase operator()(const steps::grant_role& s) const {
    const bool only_set = s.inherit && !*s.inherit;
    return {"role " + s.member.value, fmt::format("member of {}{}", s.role, only_set ? ", by SET ROLE" : "")};
  }
  phrase operator()(const steps::revoke_role& s) const {
    const std::string by = s.grantor.empty() ? "" : fmt::format(", as {} granted it", s.grantor);
    return {"role " + s.member.value, fmt::format("no longer a member of {}{}", s.role, by)};
  }
  phrase operator()(const steps::set_role_parameter& s) const {
    if (s.database.empty()) return {"role " + s.role.value, fmt::format("with {} = {}", s.name, s.value)};
    if (s.name == "role") return {"role " + s.role.value, fmt::format("starts in {} as {}", s.database, s.value)};
    return {"role " + s.role.value, fmt::format("in {} with {} = {}", s.database, s.name, s.value)};
  }
  phrase operator()(const steps::reset_role_parameter& s) const {
    return {"role " + s.role.value, s.database.empty()
                                        ? fmt::format("{} as the server has it", s.name)
                                        : fmt::format("in {} with {} as the server has it", s.database, s.name)};
  }
  phrase operator()(const steps::revoke_admin_option& s) const {
    return {"role " + s.member.value, fmt::format("may no longer hand out {}", s.role)};
  }
  phrase operator()(const steps::revoke_grant_option& s) const {
    return {s.schema.empty() ? "database " + s.database.value : in(s.database, s.schema),
            fmt::format("{} may no longer hand out {}", s.grantee, privilege_words(s.privileges))};
  }
  phrase operator()(const steps::grant_on_functions& s) const {
    return {"database " + s.database.value, fmt::format("open {} to {}", words_of(s.group), name_or_public(s.grantee))};
  }
  phrase operator()(const steps::revoke_on_functions& s) const {
    return {"database " + s.database.value,
            fmt::format("close {} to {}", words_of(s.group), name_or_public(s.grantee))};
  }
  phrase operator()(const steps::reset_database_parameter& s) const {
    return {"database " + s.database.value, fmt::format("{} as the server has it", s.name)};
  }
  phrase operator()(const steps::comment_role& s) const { return {"role " + s.role.value, "mark: " + s.mark}; }
  phrase operator()(const steps::create_database& s) const {
    std::string text = "create, closed";
    if (s.connection_limit >= 0) text += fmt::format(", at most {}", plural(s.connection_limit, "connection"));
    return {"database " + s.database.value, text};
  }
  phrase operator()(const steps::alter_database& s) const {
    std::string text;
    const auto say = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (s.owner) say("owner " + s.owner->value);
    if (s.connection_limit) say(fmt::format("connection limit {}", *s.connection_limit));
    if (s.is_template) say("no template");
    return {"database " + s.database.value, text};
  }
  phrase operator()(const steps::open_database& s) const {
    return {"database " + s.database.value, "open to its own log-ins"};
  }
  phrase operator()(const steps::set_database_parameter& s) const {
    return {"database " + s.database.value, fmt::format("{} = {}", s.name, s.value)};
  }
  phrase operator()(const steps::comment_database& s) const {
    return {"database " + s.database.value, "mark: " + s.mark};
  }
  phrase operator()(const steps::grant_on_database& s) const {
    return {"database " + s.database.value, fmt::format("{} to {}", privilege_words(s.privileges), s.grantee)};
  }
  phrase operator()(const steps::revoke_on_database& s) const {
    if (s.grantee.empty()) return {"database " + s.database.value, "close to PUBLIC"};
    return {"database " + s.database.value, fmt::format("take {} from {}", privilege_words(s.privileges), s.grantee)};
  }
  phrase operator()(const steps::end_sessions& s) const {
    return {"database " + s.database.value, fmt::format("end the sessions of {}", s.role)};
  }
  phrase operator()(const steps::create_schema& s) const {
    return {in(s.database, s.schema), fmt::format("create, owner {}", s.owner.empty() ? "the admin" : s.owner.value)};
  }
  phrase operator()(const steps::alter_schema_owner& s) const {
    return {in(s.database, s.schema), "owner " + s.owner.value};
  }
  phrase operator()(const steps::grant_on_schema& s) const {
    return {in(s.database, s.schema), fmt::format("{} to {}", privilege_words(s.privileges), s.grantee)};
  }
  phrase operator()(const steps::revoke_on_schema& s) const {
    return {in(s.database, s.schema),
            fmt::format("take {} from {}", privilege_words(s.privileges), name_or_public(s.grantee))};
  }
  phrase operator()(const steps::create_extension& s) const {
    return {fmt::format("extension {}.{}", s.database, s.extension),
            s.version.empty() ? "create" : "create, version " + s.version};
  }
  phrase operator()(const steps::update_extension& s) const {
    return {fmt::format("extension {}.{}", s.database, s.extension), "update to version " + s.version};
  }
  phrase operator()(const steps::alter_default_privileges& s) const {
    const std::string subject = s.schema.empty() ? "database " + s.database.value : in(s.database, s.schema);
    return {subject, fmt::format("future {} of {}: {} {} {}", noun_of(s.kind), s.owner, privilege_words(s.privileges),
                                 s.is_grant ? "to" : "taken from", names(s.grantees))};
  }
  phrase operator()(const steps::grant_on_objects& s) const {
    return {in(s.database, s.schema),
            fmt::format("all {}: {} to {}", noun_of(s.kind), privilege_words(s.privileges), names(s.grantees))};
  }
  phrase operator()(const steps::change_object_owner& s) const {
    return {in(s.database, s.schema), fmt::format("{} of {} now owned by {}", plural(s.count, "object"), s.from, s.to)};
  }
  phrase operator()(const steps::create_registry&) const {
    return {"database " + registry_database.value, "create the registry and the audit trail"};
  }
  phrase operator()(const steps::drop_database& s) const {
    return {"database " + s.database.value, "drop, with all data in it"};
  }
  phrase operator()(const steps::drop_schema& s) const {
    return {in(s.database, s.schema), "drop, with all data in it"};
  }
  phrase operator()(const steps::take_over_owned& s) const {
    const std::string objects =
        s.to.empty() ? "" : fmt::format("{} now owned by {}, ", plural(s.count, "object"), s.to);
    return {"role " + s.role.value, fmt::format("in {} {}its privileges dropped", s.database, objects)};
  }
  phrase operator()(const steps::create_lookup& s) const {
    return {in(s.database, lookup_schema), fmt::format("{} the function by which {} looks up log-ins",
                                                       s.is_new ? "create" : "make anew", names(s.users))};
  }
  phrase operator()(const steps::drop_lookup& s) const {
    const auto who = s.users.empty() ? std::string{"a pooler"} : names(s.users);
    return {in(s.database, lookup_schema), fmt::format("take away the function by which {} looked up log-ins", who)};
  }
  phrase operator()(const steps::write_secret& s) const {
    std::string change = fmt::format("{}", fmt::join(s.keys, ", "));
    if (!s.removed.empty())
      change += fmt::format("{}without {}", change.empty() ? "" : ", ", fmt::join(s.removed, ", "));
    return {"secret " + s.place, change};
  }
  phrase operator()(const steps::drop_role& s) const { return {"role " + s.role.value, "drop"}; }

 private:
  static std::string in(const database_name& database, const schema_name& schema) {
    return fmt::format("schema {}.{}", database, schema);
  }
};

phrase phrase_for(const step& one) {
  return std::visit(phrase_of{}, one.what);
}

constexpr std::array<std::string_view, std::variant_size_v<action>> alternative_names{"set_parameter",
                                                                                      "create_role",
                                                                                      "alter_role",
                                                                                      "set_password",
                                                                                      "grant_role",
                                                                                      "revoke_role",
                                                                                      "set_role_parameter",
                                                                                      "comment_role",
                                                                                      "create_database",
                                                                                      "alter_database",
                                                                                      "open_database",
                                                                                      "set_database_parameter",
                                                                                      "comment_database",
                                                                                      "grant_on_database",
                                                                                      "revoke_on_database",
                                                                                      "end_sessions",
                                                                                      "create_schema",
                                                                                      "alter_schema_owner",
                                                                                      "grant_on_schema",
                                                                                      "revoke_on_schema",
                                                                                      "create_extension",
                                                                                      "update_extension",
                                                                                      "alter_default_privileges",
                                                                                      "grant_on_objects",
                                                                                      "change_object_owner",
                                                                                      "create_registry",
                                                                                      "reset_role_parameter",
                                                                                      "revoke_admin_option",
                                                                                      "revoke_grant_option",
                                                                                      "grant_on_functions",
                                                                                      "revoke_on_functions",
                                                                                      "drop_database",
                                                                                      "drop_schema",
                                                                                      "take_over_owned",
                                                                                      "drop_role",
                                                                                      "reset_database_parameter",
                                                                                      "write_secret",
                                                                                      "create_lookup",
                                                                                      "drop_lookup"};

}  // namespace

change_kind kind_of(const step& one) {
  return std::visit(
      overloaded{[](const steps::create_role&) { return change_kind::create; },
                 [](const steps::create_database&) { return change_kind::create; },
                 [](const steps::create_schema&) { return change_kind::create; },
                 [](const steps::create_extension&) { return change_kind::create; },
                 [](const steps::create_registry&) { return change_kind::create; },
                 [](const steps::create_lookup& s) { return s.is_new ? change_kind::create : change_kind::change; },
                 [](const steps::drop_lookup&) { return change_kind::drop; },
                 [](const steps::write_secret& s) { return s.is_new ? change_kind::create : change_kind::change; },
                 [](const steps::drop_database&) { return change_kind::drop; },
                 [](const steps::drop_schema&) { return change_kind::drop; },
                 [](const steps::drop_role&) { return change_kind::drop; },
                 [](const auto&) { return change_kind::change; }},
      one.what);
}

bool is_transactional(const step& one) {
  return !std::holds_alternative<steps::create_database>(one.what) &&
         !std::holds_alternative<steps::drop_database>(one.what) &&
         !std::holds_alternative<steps::set_parameter>(one.what);
}

role_name needs_secret_of(const step& one) {
  if (const auto* create = std::get_if<steps::create_role>(&one.what); create != nullptr && create->can_login) {
    return create->by_certificate ? role_name{} : create->role;
  }
  if (const auto* set = std::get_if<steps::set_password>(&one.what)) return set->role;
  return {};
}

std::string describe(const step& one) {
  const phrase words = phrase_for(one);
  return words.subject + ": " + words.change;
}

std::string subject_of(const step& one) {
  return phrase_for(one).subject;
}

std::string_view name_of(const step& one) {
  return alternative_names[one.what.index()];
}

}  // namespace innkeeper
