#include "exec/rotation_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "exec/service_places.h"

namespace innkeeper::exec {

rotation_run::rotation_run(const estate& every, const server_access& to, const rotate_options& asked,
                           const event_sink& listener)
    : all{every},
      access{to},
      options{asked},
      tell{listener},
      store{every.secrets_directory},
      places{store_of(every)},
      book{to, every.name},
      candidates{rotation_candidates(every, *to.server)} {}

const observed_role* rotation_run::role_of(const role_name& name) const {
  const auto found = std::ranges::find(planned.observed.roles, name, &observed_role::name);
  return found == planned.observed.roles.end() ? nullptr : &*found;
}

bool rotation_run::has_failed() const {
  return std::ranges::any_of(
      chosen, [](const rotation_candidate* one) { return one->result.outcome == rotation_outcome::failed; });
}

rotation_book::terms rotation_run::terms() const {
  return {.grace = options.grace.value_or(default_grace), .force_after = options.force_after};
}

void rotation_run::look() {
  planned = plan_server(all, access, {.how = depth::quick});
  if (planned.looks.obstacle.empty()) return;
  throw error{exit_code::failed, "what the registry says of log-ins can't be read", planned.looks.obstacle};
}

void rotation_run::refresh() {
  guarded(chosen, [&] {
    std::map<role_name, log_in_pair> rows;
    for (auto& row : book.read()) rows.emplace(row.log_in, row);
    for (auto* one : chosen) {
      auto& pair = one->result.now;
      const auto found = rows.find(pair.log_in);
      if (!one->is_ready || found == rows.end()) continue;
      found->second.twin = pair.twin;
      found->second.has_twin = found->second.has_twin || pair.has_twin;
      pair = found->second;
    }
  });
}

void rotation_run::refuse(rotation_candidate& one, std::string text, exit_code code, rotation_outcome outcome) {
  one.is_ready = false;
  one.result.outcome = outcome;
  one.result.text = std::move(text);
  one.result.code = code;
}

void rotation_run::fail(rotation_candidate& one, std::string text, exit_code code) {
  refuse(one, std::move(text), code, rotation_outcome::failed);
  tell_event(event_kind::step_failed, one, one.result.text);
}

void rotation_run::fail(const std::vector<rotation_candidate*>& whose, const std::string& text, exit_code code) {
  for (auto* one : whose) {
    if (one->is_ready && one->result.outcome == rotation_outcome::not_due) fail(*one, text, code);
  }
}

void rotation_run::tell_begun(const rotation_candidate& one, std::string_view what) const {
  tell_event(event_kind::step_begun, one, what);
}

void rotation_run::tell_done(const rotation_candidate& one, std::string_view what) const {
  tell_event(event_kind::detail, one, what);
}

void rotation_run::tell_event(event_kind kind, const rotation_candidate& one, std::string_view what) const {
  tell({.kind = kind,
        .server = server(),
        .service = one.result.services.front(),
        .subject = fmt::format("log-in {}", one.result.log_in),
        .text = std::string{what}});
}

}  // namespace innkeeper::exec
