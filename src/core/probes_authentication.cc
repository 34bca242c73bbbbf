// How the server asks who is there: P39, P40.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "core/hba.h"
#include "core/probe_checks.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

constexpr std::size_t shown_names = 5;

std::string names_text(const std::vector<role_name>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < shown_names; ++i) {
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > shown_names) text += fmt::format(" and {} more", names.size() - shown_names);
  return text;
}

std::string parameter_value(const proof_facts& facts, std::string_view name) {
  const auto& all = facts.observed().parameters_of_server;
  const auto found = std::ranges::find(all, name, &observed_parameter::name);
  return found == all.end() ? std::string{} : found->value;
}

// Only its own machine can reach it.
bool listens_at_home(const proof_facts& facts) {
  std::string rest = parameter_value(facts, "listen_addresses");
  std::replace(rest.begin(), rest.end(), ',', ' ');
  std::size_t at = 0;
  while ((at = rest.find_first_not_of(' ', at)) != std::string::npos) {
    const auto end = std::min(rest.find(' ', at), rest.size());
    const auto one = rest.substr(at, end - at);
    if (one != "localhost" && one != "127.0.0.1" && one != "::1") return false;
    at = end;
  }
  return true;
}

// What the manifest asks of pg_hba.conf, or of TLS, makes a leak of what else is advice. nullopt: not looked at.
template <class Rule>
std::optional<verdict> verdict_under(Rule rule, Rule demanding, Rule off) {
  if (rule == off) return std::nullopt;
  return rule == demanding ? verdict::leak : verdict::advice;
}

struct weakness {
  std::string text;  // fits behind "line 4 of pg_hba.conf "
  std::string better;
  gravity how_bad = gravity::medium;
  bool is_trust = false;
};

std::optional<weakness> weakness_of(const observed_hba_rule& rule) {
  const bool has_map = std::ranges::any_of(rule.options, [](const auto& one) { return one.starts_with("map="); });
  if (rule.method == "trust")
    return weakness{"lets {} in without a password", "scram-sha-256", gravity::critical, true};
  if (rule.method == "password") return weakness{"sends the password of {} in clear", "scram-sha-256"};
  if (rule.method == "md5") return weakness{"takes md5 passwords of {}", "scram-sha-256", gravity::low};
  if (rule.method == "ident") {
    return weakness{"lets the client's machine say who is {}", "scram-sha-256", gravity::high};
  }
  if (rule.method == "peer" && has_map) {
    return weakness{"lets users of the operating system in as {} by a map", "peer", gravity::low};
  }
  return std::nullopt;
}

class hba_judge {
 public:
  hba_judge(const proof_facts& facts, checks& result)
      : facts_{facts},
        result_{result},
        rules_{facts.observed().security->hba_rules},
        table_{rules_, [this](const auto& member, const auto& role) { return is_member(member, role); }} {
    for (const auto& one : facts.observed().memberships) groups_[one.member].push_back(one.role);
  }

  void run() {
    for (const auto& one : facts_.log_ins()) {
      for (const auto& database : one.own) decide(one.name, database, false);
    }
    for (const auto& role : facts_.observed().roles) {
      if (!role.can_login || !(role.superuser || role.replication)) continue;
      decide(role.name,
             facts_.observed().databases.empty() ? database_name{"postgres"} : facts_.observed().databases.front().name,
             false);
      decide(role.name, {}, true);
    }
    for (const auto& rule : rules_) judge(rule);
  }

 private:
  [[nodiscard]] bool is_member(const role_name& member, const role_name& role) const {
    std::set<role_name> seen{member};
    std::deque<role_name> open{member};
    for (; !open.empty(); open.pop_front()) {
      if (open.front() == role) return true;
      const auto groups = groups_.find(open.front());
      if (groups == groups_.end()) continue;
      for (const auto& next : groups->second) {
        if (seen.insert(next).second) open.push_back(next);
      }
    }
    return false;
  }

  void decide(const role_name& role, const database_name& database, bool for_replication) {
    result_.count();
    for (const auto* rule : table_.deciding(role, database, for_replication)) {
      auto& names = decided_[rule];
      if (names.empty() || names.back() != role) names.push_back(role);
    }
  }

  void judge(const observed_hba_rule& rule) {
    const auto names = decided_.find(&rule);
    if (names == decided_.end()) return;
    if (const auto weak = weakness_of(rule)) judge_method(rule, *weak, names->second);
    judge_encryption(rule, names->second);
  }

  static std::string place_of(const observed_hba_rule& rule) {
    return fmt::format("line {} of {}", rule.line, rule.file.empty() ? "pg_hba.conf" : rule.file);
  }

  void judge_method(const observed_hba_rule& rule, const weakness& weak, const std::vector<role_name>& names) {
    const auto strict = verdict_under(facts_.desired().hardening.pg_hba.value, hba_rule::strict, hba_rule::off);
    if (!weak.is_trust && !strict) return;
    auto better = rule;
    better.method = weak.better;
    better.options.clear();
    finding found{.says = weak.is_trust ? verdict::leak : *strict};
    found.text = fmt::format("{} {}", place_of(rule), fmt::format(fmt::runtime(weak.text), names_text(names)));
    found.detail = fmt::format("it says: {}; write: {}; then reload the server", to_string(rule), to_string(better));
    name_log_in(found, names);
    result_.find(std::move(found), weak.how_bad);
  }

  void judge_encryption(const observed_hba_rule& rule, const std::vector<role_name>& names) {
    const auto strict = verdict_under(facts_.desired().hardening.tls.value, tls_rule::require, tls_rule::off);
    const bool is_open = rule.type == "host" || rule.type == "hostnossl" || rule.type == "hostnogssenc";
    if (!strict || !is_open || rule.method == "reject" || listens_at_home(facts_) || !reaches_beyond_loopback(rule)) {
      return;
    }
    auto better = rule;
    better.type = "hostssl";
    finding found{.says = *strict};
    found.text = fmt::format("{} lets {} in from other machines without encryption", place_of(rule), names_text(names));
    found.detail = fmt::format("it says: {}; write: {}; then reload the server", to_string(rule), to_string(better));
    name_log_in(found, names);
    result_.find(std::move(found), gravity::medium);
  }

  void name_log_in(finding& found, const std::vector<role_name>& names) const {
    const auto& all = facts_.log_ins();
    const auto whose = std::ranges::find(all, names.front(), &log_in_facts::name);
    found.log_in = names.front();
    if (whose == all.end()) return;
    found.service = whose->service();
    found.where = whose->where;
  }

  const proof_facts& facts_;
  checks& result_;
  const std::vector<observed_hba_rule>& rules_;
  std::map<role_name, std::vector<role_name>> groups_;
  hba_table table_;
  std::map<const observed_hba_rule*, std::vector<role_name>> decided_;
};

// Is what pg_hba_file_rules shows what the server goes by?
void judge_file(const server_security& security, checks& result) {
  result.count();
  for (const auto& rule : security.hba_rules) {
    if (rule.error.empty()) continue;
    result.find({.says = verdict::unprovable,
                 .text = fmt::format("line {} of pg_hba.conf has an error: the server goes by the lines that it read "
                                     "before",
                                     rule.line),
                 .detail = rule.error},
                gravity::high);
  }
  if (!security.hba_file_is_newer) return;
  result.find({.says = verdict::unprovable,
               .text = "pg_hba.conf was changed after the server read it: what holds can't be seen",
               .statement = "SELECT pg_catalog.pg_reload_conf();"},
              gravity::high);
}

void judge_verifiers(const proof_facts& facts, checks& result) {
  std::map<std::string_view, const log_in_facts*> known;
  std::vector<role_name> unknown;
  for (const auto& one : facts.log_ins()) {
    const auto* role = facts.role(one.name);
    if (role == nullptr) continue;
    result.count();
    if (role->verifier.is_unknown()) unknown.push_back(one.name);
    if (!role->verifier.has_value()) continue;
    const std::string& verifier = role->verifier.value().expose();
    const auto find = [&](const std::string& text, const std::string& detail) {
      result.find({.service = one.service(), .log_in = one.name, .text = text, .detail = detail, .where = one.where});
    };
    const std::string remedy = fmt::format("innkeeper apply --reset-password {} sets a new one", one.service());
    const auto [first, is_new] = known.emplace(verifier, &one);
    if (!is_new) {
      find(fmt::format("log-ins \"{}\" and \"{}\" have the same password", first->second->name, one.name), remedy);
    } else if (verifier.starts_with("md5")) {
      find(fmt::format("the password of log-in \"{}\" is kept as md5, which is enough to log in with", one.name),
           remedy);
    }
  }
  if (unknown.empty()) return;
  result.find({.says = verdict::unprovable,
               .text = fmt::format("how the passwords of {} are kept can't be read", names_text(unknown)),
               .statement = fmt::format("GRANT SELECT (rolname, rolpassword) ON pg_catalog.pg_authid TO {};",
                                        quoted(facts.observed().can.admin))});
}

}  // namespace

judgement hba_rules(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  if (!facts.observed().can.may_read_hba_rules) {
    const auto admin = quoted(facts.observed().can.admin);
    result.count();
    result.find({.says = verdict::unprovable,
                 .text = "which log-ins pg_hba.conf lets in without a password can't be read",
                 .statement = fmt::format("GRANT SELECT ON pg_catalog.pg_hba_file_rules TO {0}; GRANT EXECUTE ON "
                                          "FUNCTION pg_catalog.pg_hba_file_rules() TO {0};",
                                          admin)});
    return result.done();
  }
  judge_file(*facts.observed().security, result);
  hba_judge{facts, result}.run();
  return result.done();
}

judgement passwords_kept(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  judge_verifiers(facts, result);
  result.count(2);
  if (facts.desired().hardening.scram.value && parameter_value(facts, "password_encryption") == "md5") {
    result.find({.says = verdict::advice,
                 .text = "the server keeps new passwords as md5",
                 .statement = "ALTER SYSTEM SET password_encryption = 'scram-sha-256'; SELECT "
                              "pg_catalog.pg_reload_conf();"});
  }
  const auto tls = verdict_under(facts.desired().hardening.tls.value, tls_rule::require, tls_rule::off);
  if (tls && parameter_value(facts, "ssl") == "off" && !listens_at_home(facts)) {
    result.find({.says = *tls,
                 .text = "the server listens to other machines and has no TLS",
                 .detail = "it needs ssl_cert_file and ssl_key_file first",
                 .statement = "ALTER SYSTEM SET ssl = on; SELECT pg_catalog.pg_reload_conf();"});
  }
  return result.done();
}

}  // namespace innkeeper::probe_rows
