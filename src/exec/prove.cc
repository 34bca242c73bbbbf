#include "exec/prove.h"

#include "exec/attempts.h"
#include "exec/observe.h"

namespace innkeeper::exec {

proof_report verify_server(const estate& all, const server_access& access, const verify_options& options,
                           const event_sink& tell) {
  const auto desired = derive_desired(all, *access.server);
  const auto seen =
      observe(access, desired, options.policy,
              {.readers = options.jobs, .application_name = "innkeeper verify", .how = options.how, .for_proof = true});
  const auto& observed = seen.server;
  const secret_store store{all.secrets_directory};
  const auto left =
      make_plan(desired, observed, look_up_secrets(store, desired, observed, access, options.how), options.policy);
  const proof_facts facts{all, desired, observed, options.policy.services};
  attempt_plan tried;
  proof_answers answers;
  if (options.prove) {
    tried = plan_attempts(facts, {options.exhaustive, options.disruptive, roads_to(access).size()});
    answers = try_attempts(tried, access, store, {options.jobs, options.attempts_per_second}, tell);
  }
  auto report = judge_proof(facts, left, tried, answers);
  report.looks = seen.looks;
  return report;
}

}  // namespace innkeeper::exec
