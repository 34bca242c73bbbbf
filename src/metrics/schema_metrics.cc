#include "metrics/schema_metrics.h"

#include <algorithm>
#include <array>

namespace innkeeper::metrics {
namespace {

using exec::migrate_report;
using exec::schema_item;
using exec::schema_state;
using std::chrono::milliseconds;

double seconds(milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

double unix_time(std::chrono::system_clock::time_point time) {
  return seconds(std::chrono::floor<milliseconds>(time.time_since_epoch()));
}

std::string word_for(bool is_good) {
  return is_good ? "success" : "failure";
}

std::string to_string(outcome one) {
  return one == outcome::degraded ? "degraded" : word_for(one == outcome::success);
}

label_set with(label_set labels, std::string_view name, std::string_view value) {
  labels[std::string{name}] = value;
  return labels;
}

constexpr std::array states{schema_state::up_to_date, schema_state::pending, schema_state::failed,
                            schema_state::conflict,   schema_state::ahead,   schema_state::unmanaged,
                            schema_state::unknown};

// One service's run; what each phase took is added up.
class schema_page {
 public:
  schema_page(page& to, label_set service) : to_{to}, service_{std::move(service)} {}

  void add_state(const migrate_report& one) {
    const bool is_ready =
        one.code == exit_code::ok && (one.state == schema_state::up_to_date || one.state == schema_state::ahead);
    to_.set(metric::schema_ready, service_, is_ready ? 1 : 0);
    for (const auto state : states) {
      to_.set(metric::schema_state, with(service_, "state", exec::to_string(state)), state == one.state ? 1 : 0);
    }
    if (!one.version.empty()) to_.set(metric::schema_version, with(service_, "version", one.version), 1);
    to_.set(metric::schema_pending_files, service_, static_cast<double>(one.pending.size()));
  }

  void add_run(const migrate_report& one, std::chrono::system_clock::time_point ended) {
    const bool is_good = one.code == exit_code::ok;
    to_.add(metric::schema_runs, with(service_, "outcome", word_for(true)), is_good ? 1 : 0);
    to_.add(metric::schema_runs, with(service_, "outcome", word_for(false)), is_good ? 0 : 1);
    to_.set(metric::schema_run_duration, with(service_, "outcome", word_for(is_good)), seconds(one.duration));
    if (is_good) to_.set(metric::schema_last_success, service_, unix_time(ended));
    to_.add(metric::schema_connection_attempts, service_, one.connection_attempts);
    add_phase("wait", one.server_wait, one.is_reached || one.connection_attempts == 0);
    add_phase("lock", one.runner_wait, one.code != exit_code::locked);
    for (const auto& item : one.ran) add_file(item, true);
    if (one.stopped_at) add_file(*one.stopped_at, false);
  }

  void add_phase(const std::string& phase, milliseconds duration, bool is_good) {
    if (duration.count() == 0 && is_good) return;
    to_.add(metric::schema_phase_duration, with(with(service_, "phase", phase), "outcome", word_for(is_good)),
            seconds(duration));
  }

 private:
  void add_file(const schema_item& one, bool is_good) {
    const auto phase = with(service_, "phase", exec::phase_of(one));
    auto file = with(with(phase, "outcome", word_for(is_good)), "file", one.file);
    file["direction"] = one.is_up ? "up" : "down";
    if (one.kind == migration::item_kind::versioned) file["version"] = one.version;
    to_.set(metric::schema_file_duration, file, seconds(one.duration));
    to_.set(metric::schema_file_attempts, file, one.attempts);
    to_.set(metric::schema_file_lock_wait, file, seconds(one.lock_wait));
    const auto ended = with(phase, "outcome", word_for(is_good));
    to_.add(metric::schema_phase_duration, ended, seconds(one.duration));
    to_.add(metric::schema_files, ended, 1);
    to_.add(metric::schema_file_retries, phase, one.attempts - 1);
    to_.add(metric::schema_lock_wait, phase, seconds(one.lock_wait));
  }

  page& to_;
  const label_set service_;
};

}  // namespace

void add_command(page& to, const command_run& one) {
  const label_set labels{{"command", one.command}, {"estate", one.estate}, {"service", one.service}};
  to.add(metric::runs, with(labels, "outcome", to_string(one.how)), 1);
  to.set(metric::last_run_exit_code, labels, static_cast<int>(one.code));
  to.set(metric::last_run_duration, labels, seconds(one.duration));
  to.set(metric::last_run_timestamp, labels, unix_time(one.ended));
  if (one.how == outcome::success) to.set(metric::last_success_timestamp, labels, unix_time(one.ended));
}

void add_schema_run(page& to, const std::string& estate, const migrate_report& one,
                    std::chrono::system_clock::time_point ended) {
  schema_page service{to, {{"estate", estate}, {"service", one.service}}};
  service.add_state(one);
  service.add_run(one, ended);
}

void add_start(page& to, const std::string& estate, const std::string& service, const exec::start_report& one,
               std::chrono::system_clock::time_point ended) {
  auto schema = one.schema;
  schema.service = service;
  schema_page run{to, {{"estate", estate}, {"service", service}}};
  if (one.has_schema) {
    if (schema.code == exit_code::ok && schema.state == exec::schema_state::unknown) schema.code = one.code;
    run.add_state(schema);
    run.add_run(schema, ended);
  }
  for (const auto& broker : one.brokers) run.add_phase(broker.phase, broker.duration, broker.is_ready);
}

void add_apply(page& to, const std::string& estate, const std::set<std::string>& services,
               const exec::apply_report& one, std::chrono::system_clock::time_point ended) {
  const label_set server{{"estate", estate}, {"server", one.server}};
  const bool is_good = one.code == exit_code::ok;
  to.add(metric::apply_runs, with(server, "outcome", word_for(true)), is_good ? 1 : 0);
  to.add(metric::apply_runs, with(server, "outcome", word_for(false)), is_good ? 0 : 1);
  to.set(metric::apply_duration, with(server, "outcome", word_for(is_good)), seconds(one.duration));
  if (is_good) to.set(metric::apply_last_success, server, unix_time(ended));
  to.set(metric::apply_services, with(server, "outcome", "applied"), one.applied);
  to.set(metric::apply_services, with(server, "outcome", "unchanged"), one.unchanged);
  to.set(metric::apply_services, with(server, "outcome", "failed"), one.failed);
  to.add(metric::apply_steps, server, one.steps);
  for (const auto& name : services) {
    const bool has_failed = has_errors(one.problems) || std::ranges::any_of(one.failures, [&](const auto& failed) {
                              return failed.service == name || failed.service.empty();
                            });
    to.set(metric::service_applied, with(server, "service", name), has_failed ? 0 : 1);
  }
}

}  // namespace innkeeper::metrics
