#include "exec/prove.h"

#include "core/leaving.h"
#include "exec/attempts.h"
#include "exec/certificate_ends.h"
#include "exec/observe.h"
#include "exec/service_places.h"

namespace innkeeper::exec {

namespace {

// What an application would find is part of what is verified, whoever wrote it there.
void count_secrets_as_drift(plan& left) {
  for (auto& one : left.attentions) {
    if (one.topic.starts_with("secret.") && !one.is_advice) one.fails_service = true;
  }
}

}  // namespace

proof_report verify_server(const estate& declared, const server_access& access, const verify_options& options,
                           const event_sink& tell) {
  auto desired = derive_desired(declared, *access.server);
  auto seen =
      observe(access, desired, options.policy,
              {.readers = options.jobs, .application_name = "innkeeper verify", .how = options.how, .for_proof = true});
  if (seen.server.security) seen.server.security->certificates = certificate_ends(declared, access);
  const auto& observed = seen.server;
  // Retired services are closed and wait; whether they are closed is what their attention says.
  const estate all = with_retired(declared, *access.server, observed);
  const auto pairs = pairs_on(all, *access.server, observed);
  if (!pairs.empty() || has_retired(declared, *access.server, observed)) {
    desired = derive_desired(all, *access.server, pairs);
  }
  const secret_store store = store_of(all);
  auto left = make_plan(desired, observed,
                        look_up_secrets(store, read_secrets(store, desired), desired, observed, access, options.how),
                        options.policy);
  const auto trials = options.how == depth::deep ? log_in_trials::every : log_in_trials::none;
  plan_places(left, look_at_places(all, store, access, options.policy.services, trials, pairs), options.policy);
  count_secrets_as_drift(left);
  if (may_have_leftovers(desired, observed)) note_leftovers(left, declared, *access.server, observed, options.policy);
  const proof_facts facts{all, desired, observed, options.policy.services};
  attempt_plan tried;
  proof_answers answers;
  if (options.prove) {
    tried = plan_attempts(facts, {options.exhaustive, options.disruptive, roads_to(access).size()});
    answers = try_attempts(tried, all, access, store, {options.jobs, options.attempts_per_second}, tell);
  }
  auto report = judge_proof(facts, left, tried, answers);
  report.looks = seen.looks;
  return report;
}

}  // namespace innkeeper::exec
