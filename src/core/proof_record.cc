#include "core/proof_record.h"

#include <fmt/format.h>

#include <cstdint>

namespace innkeeper {
namespace {

class off_items {
 public:
  off_items(std::vector<switched_off>& into, std::string service, const hardening_rules* above)
      : into_{into}, service_{std::move(service)}, above_{above} {}

  void read(const hardening_rules& rules) {
    using member = hardening_rules;
    item("temp_file_limit", rules, &member::temp_file_limit, rules.temp_file_limit.value.empty());
    item("idle_in_transaction_session_timeout", rules, &member::idle_in_transaction_session_timeout,
         rules.idle_in_transaction_session_timeout.value.empty());
    item("wal_messages", rules, &member::wal_messages, rules.wal_messages.value == function_access::open);
    if (above_ != nullptr) return;  // the rest is the server's own
    item("password_encryption", rules, &member::scram, !rules.scram.value);
    item("reserved_connections", rules, &member::reserved_connections, rules.reserved_connections.value == 0);
    item("tls", rules, &member::tls, rules.tls.value == tls_rule::off);
    item("pg_hba", rules, &member::pg_hba, rules.pg_hba.value == hba_rule::off);
  }

 private:
  // What a service only inherits was said of its server.
  template <class T>
  void item(const char* name, const hardening_rules& rules, switchable<T> hardening_rules::*which, bool is_off) {
    const auto& one = rules.*which;
    if (!is_off || (above_ != nullptr && one == above_->*which)) return;
    into_.push_back({name, service_, one.reason, one.where});
  }

  std::vector<switched_off>& into_;
  std::string service_;
  const hardening_rules* above_;
};

}  // namespace

std::string probe_list_version() {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  const auto add = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  };
  for (const auto& one : all_probes()) {
    add(one.id);
    add(one.title);
    add(one.judge != nullptr ? "c" : "l");
  }
  return fmt::format("{}-{:08x}", all_probes().size(), hash);
}

std::string version_text(int version_num) {
  return fmt::format("{}.{}", version_num / 10000, version_num % 10000);
}

std::string switched_off_text(const switched_off& one) {
  const std::string whose = one.service.empty() ? "" : " of " + one.service;
  return fmt::format("{}{} is switched off ({}), because {}", one.item, whose, to_string(one.where), one.reason);
}

void fill_record(const proof_facts& facts, proof_report& report) {
  const auto& observed = facts.observed();
  report.version_num = observed.version_num;
  report.system_identifier = observed.system_identifier;
  report.roles = static_cast<int>(observed.roles.size());
  report.databases = static_cast<int>(observed.databases.size());
  const auto& server = facts.desired().hardening;
  off_items{report.off, "", nullptr}.read(server);
  for (const auto& one : facts.all().services) {
    const bool is_here = one.server == facts.desired().name && one.mode == management_mode::enforce;
    if (is_here) off_items{report.off, one.name, &server}.read(one.hardening);
  }
}

}  // namespace innkeeper
