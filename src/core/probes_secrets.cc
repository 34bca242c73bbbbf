// Secrets where every log-in of the server may read them: P36, and that each log-in's temporary files are bounded: P42.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/probe_checks.h"
#include "core/probe_places.h"
#include "core/probe_rows.h"
#include "core/secret_look.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

// Whose a role's or a database's finding is.
finding about_role(const proof_facts& facts, const role_name& name) {
  finding one{.log_in = name};
  const auto& able = facts.who_reaches(name);
  if (!able.empty()) {
    one.service = able.front()->service();
    one.where = able.front()->where;
  }
  return one;
}

finding about_database(const proof_facts& facts, const database_name& name) {
  finding one{.database = name};
  if (const auto* declared = facts.declared_database(name); declared != nullptr) {
    one.service = declared->from.service;
    one.where = declared->from.where;
  }
  return one;
}

// The part of a setting's name that SQL quotes by itself.
std::string setting_in_sql(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return quote_identifier(name);
  return quote_identifier(name.substr(0, dot)) + "." + setting_in_sql(name.substr(dot + 1));
}

class secret_judge {
 public:
  secret_judge(const proof_facts& facts, checks& result) : facts_{facts}, result_{result} {}

  void settings(const parameters& all, const finding& whose, const std::string& of, const std::string& target) {
    for (const auto& [name, value] : all) {
      result_.count();
      if (!setting_looks_secret(name, value)) continue;
      auto found = whose;
      found.text = fmt::format("setting \"{}\" of {} looks like a secret, and every log-in can read it", name, of);
      found.statement = fmt::format("ALTER {} RESET {};", target, setting_in_sql(name));
      result_.find(std::move(found));
    }
  }

  void comment(const std::string& text, const finding& whose, const std::string& of, const std::string& target) {
    if (text.empty()) return;
    result_.count();
    if (!value_looks_secret(text)) return;
    auto found = whose;
    found.text = fmt::format("the comment on {} looks like a secret, and every log-in can read it", of);
    found.statement = fmt::format("COMMENT ON {} IS NULL;", target);
    result_.find(std::move(found));
  }

  void servers() {
    for_each_place(facts_, [&](const place& where) {
      for (const auto& one : where.security().objects) {
        if (one.password_option.empty()) continue;
        auto found = where.about();
        found.text = fmt::format(
            "option {} of foreign server {} in database \"{}\" looks like a secret, and whoever is "
            "in can read it",
            one.password_option, one.example, where.found().name);
        found.statement = fmt::format("ALTER SERVER {} OPTIONS (DROP {});", one.example, one.password_option);
        result_.find(std::move(found));
      }
    });
  }

 private:
  const proof_facts& facts_;
  checks& result_;
};

// Commands and connection strings that any log-in may SHOW.
constexpr std::array shown_to_all{"archive_command",      "restore_command",  "archive_cleanup_command",
                                  "recovery_end_command", "primary_conninfo", "ssl_passphrase_command"};

}  // namespace

judgement readable_secrets(const proof_facts& facts, const probe& self) {
  checks result{self};
  secret_judge judging{facts, result};
  for (const auto& role : facts.observed().roles) {
    const auto whose = about_role(facts, role.name);
    const auto of = fmt::format("role \"{}\"", role.name);
    const auto target = fmt::format("ROLE {}", quoted(role.name));
    judging.settings(role.settings, whose, of, target);
    judging.comment(role.comment, whose, of, target);
  }
  for (const auto& database : facts.observed().databases) {
    const auto whose = about_database(facts, database.name);
    const auto of = fmt::format("database \"{}\"", database.name);
    const auto target = fmt::format("DATABASE {}", quoted(database.name));
    judging.settings(database.settings, whose, of, target);
    judging.comment(database.comment, whose, of, target);
  }
  for (const auto& one : facts.observed().role_settings) {
    auto whose = about_role(facts, one.role);
    whose.database = one.database;
    judging.settings(one.settings, whose, fmt::format("role \"{}\" in database \"{}\"", one.role, one.database),
                     fmt::format("ROLE {} IN DATABASE {}", quoted(one.role), quoted(one.database)));
  }
  for (const auto& one : facts.observed().parameters_of_server) {
    const bool is_shown = std::ranges::find(shown_to_all, one.name) != shown_to_all.end();
    if (!is_shown || !value_looks_secret(one.value)) continue;
    result.find(
        {.text = fmt::format("parameter \"{}\" of the server holds a secret, and log-ins can read it", one.name),
         .detail = "keep it in a file that only the server's user may read, such as .pgpass"});
  }
  judging.servers();
  return result.done();
}

judgement bounded_temporary_files(const proof_facts& facts, const probe& self) {
  constexpr std::size_t shown = 10;
  checks result{self};
  const auto& parameters = facts.observed().parameters_of_server;
  const auto of_server = std::ranges::find(parameters, "temp_file_limit", &observed_parameter::name);
  if (of_server != parameters.end() && of_server->value != "-1") return result.done();
  std::vector<const log_in_facts*> unbounded;
  for (const auto& one : facts.log_ins()) {
    const auto* role = facts.role(one.name);
    const auto* service = find_service(facts.all(), one.service());
    if (role == nullptr || service == nullptr || service->hardening.temp_file_limit.value.empty()) continue;
    result.count();
    const auto limit = role->settings.find("temp_file_limit");
    if (limit == role->settings.end() || limit->second == "-1") unbounded.push_back(&one);
  }
  if (unbounded.empty()) return result.done();
  finding found{.says = verdict::advice};
  std::string names;
  for (std::size_t i = 0; i < unbounded.size() && i < shown; ++i) {
    const auto& one = *unbounded[i];
    const auto& limit = find_service(facts.all(), one.service())->hardening.temp_file_limit.value;
    names += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", one.name);
    found.statement += fmt::format("{}ALTER ROLE {} SET temp_file_limit = {};", i == 0 ? "" : " ", quoted(one.name),
                                   quote_literal(limit));
  }
  if (unbounded.size() > shown) names += fmt::format(" and {} more", unbounded.size() - shown);
  found.service = unbounded.front()->service();
  found.text = fmt::format("nothing bounds the temporary files of {}: they can fill the disk that all share", names);
  found.where = unbounded.front()->where;
  result.find(std::move(found));
  return result.done();
}

}  // namespace innkeeper::probe_rows
