#include <fmt/format.h>

#include "core/parameter.h"
#include "core/plan_rules.h"
#include "core/server_minors.h"
#include "core/sql.h"

namespace innkeeper::plan_rules {
namespace {

void check_rights(const context& with, writer& to) {
  const auto admin = quoted(with.can.admin);
  std::string lacks;
  if (!with.can.may_create_databases) lacks += " CREATEDB";
  if (!with.can.may_create_roles) lacks += " CREATEROLE";
  if (lacks.empty()) return;
  to.tell({.text = fmt::format("admin \"{}\" may not create everything that services need", with.can.admin),
           .statement = fmt::format("ALTER ROLE {}{};", admin, lacks),
           .who = "a superuser",
           .fails_service = true,
           .lacks_right = true});
}

// Advice: everything works, and an attention would never go away.
void advise_on_end_of_life(const context& with, writer& to) {
  const auto* known = minors_of(with.can.major);
  if (known == nullptr || known->end_of_life.empty()) return;
  to.advise({.message = fmt::format("server \"{}\" is PostgreSQL {}, which gets no more fixes", with.desired.name,
                                    with.can.major),
             .detail = fmt::format("its last release was on {}", known->end_of_life),
             .hint = "Move to a newer major."});
}

// An object that carries another estate's mark belongs to that estate; taking it over has to be said there first.
void check_mark(const context& with, const std::string& what, const std::string& comment, const origin& from,
                writer& to) {
  const auto theirs = marked_estate(comment);
  const auto ours = marked_estate(with.desired.mark);
  if (!theirs || theirs->empty() || theirs == ours) return;
  const std::string us = ours->empty() ? "service create" : fmt::format("estate \"{}\"", *ours);
  to.refuse(
      {.where = from.where,
       .message = fmt::format("{} belongs to estate \"{}\"", what, *theirs),
       .detail = fmt::format("{} asks for it too; server \"{}\"", us, with.desired.name),
       .hint = "Give it another name here, or remove it from the other estate's manifest and clear its comment."});
}

}  // namespace

bool is_left_to_an_estate(const context& with, writer& to) {
  if (with.desired.mark != mark_of("")) return false;
  for (const auto& wanted : with.desired.databases) {
    const auto* found = wanted.is_registry ? nullptr : with.database(wanted.name);
    const auto theirs = found == nullptr ? std::nullopt : marked_estate(found->comment);
    if (!theirs || theirs->empty()) continue;
    to.tell({.text = fmt::format("database \"{}\" is declared by estate \"{}\", which looks after it; left as it is",
                                 wanted.name, *theirs),
             .from = wanted.from});
    return true;
  }
  return false;
}

void check_server(const context& with, writer& to) {
  if (!with.can.is_supported) {
    to.refuse({.message = fmt::format("server \"{}\" is PostgreSQL {}; {} or newer is needed", with.desired.name,
                                      with.can.major, oldest_supported_major),
               .hint = "Upgrade the server first: older majors have been out of support for years."});
  }
  advise_on_end_of_life(with, to);
  if (!with.can.is_writable) {
    to.refuse({.message = fmt::format("server \"{}\" is a standby in recovery and takes no changes", with.desired.name),
               .hint = "Name the primary, or several hosts with target_session_attrs=read-write."});
  }
  check_rights(with, to);
  for (const auto& wanted : with.desired.roles) {
    if (with.skips(wanted.from)) continue;
    const auto* found = with.role(wanted.name);
    if (found != nullptr) check_mark(with, fmt::format("role \"{}\"", wanted.name), found->comment, wanted.from, to);
  }
  for (const auto& wanted : with.desired.databases) {
    if (wanted.is_registry || with.skips(wanted)) continue;
    const auto* found = with.database(wanted.name);
    if (found == nullptr) continue;
    check_mark(with, fmt::format("database \"{}\"", wanted.name), found->comment, wanted.from, to);
  }
}

void plan_parameter(const context& with, const std::string& name, const declared<std::string>& wanted, writer& to) {
  const origin from{"", wanted.where};
  const observed_parameter* found = nullptr;
  for (const auto& one : with.observed.parameters_of_server) {
    if (one.name == name) found = &one;
  }
  if (found == nullptr) {
    to.tell({.text = fmt::format("server has no setting \"{}\"", name), .fails_service = true, .from = from});
    return;
  }
  const auto is_wanted = [&](std::string_view value) {
    return same_parameter(wanted.value, value, found->unit, found->type);
  };
  if (is_wanted(found->value)) return;
  const bool in_file =
      found->in_file.has_value() && (is_wanted(found->in_file.value()) || found->in_file.value() == wanted.value);
  const std::string statement = fmt::format(
      "ALTER SYSTEM SET {} = {};", quote_identifier(name),
      is_list_setting(name) ? print_search_path(parse_search_path(wanted.value)) : quote_literal(wanted.value));
  const bool needs_restart = found->context == "postmaster";
  // Nobody tells this admin what the files say by now; another ALTER SYSTEM would follow each one of ours.
  const bool in_doubt = needs_restart && found->pending_restart && found->in_file.is_unknown();
  if (in_file) {
    to.tell({.text = fmt::format("setting {} = {} takes effect when the server restarts (now {}{})", name, wanted.value,
                                 found->value, found->unit.empty() ? "" : " × " + found->unit),
             .from = from});
  } else if (found->context == "internal") {
    to.tell({.text = fmt::format("setting {} is fixed on this server (now {})", name, found->value), .from = from});
  } else if (in_doubt) {
    to.tell({.text = fmt::format("setting {} was changed and takes effect when the server restarts (now {})", name,
                                 found->value),
             .from = from});
  } else if (!with.can.may_alter_system_of(name)) {
    to.tell({.text = fmt::format("setting {} is {}, declared {}", name, found->value, wanted.value),
             .statement = statement,
             .who = "a superuser",
             .from = from});
  } else {
    to.add(steps::set_parameter{name, wanted.value, needs_restart}, step_scope::server, from);
  }
}

void plan_parameters(const context& with, writer& to) {
  if (!with.policy.services.empty()) return;
  for (const auto& [name, wanted] : with.desired.settings) plan_parameter(with, name, wanted, to);
}

}  // namespace innkeeper::plan_rules
