// What somebody gave away of PostgreSQL's own: P24, P25, P26, P32, P33.
#include <fmt/format.h>

#include "core/grants.h"
#include "core/probe_places.h"
#include "core/probe_rows.h"
#include "core/sql.h"

namespace innkeeper::probe_rows {
namespace {

// What initdb gave to nobody, or somebody gave to more; a function without a list of its own was everybody's before.
bool is_of_system(const granted_objects& group) {
  return group.schema.value == "pg_catalog" && (group.is_given || group.kind == 'c');
}

// "pg_read_file" of "pg_read_file(text)".
std::string_view name_of(const granted_objects& routine) {
  const std::string_view text = routine.example;
  return text.substr(0, text.find('('));
}

bool reads_files(std::string_view name) {
  return name.starts_with("pg_read_") || name.starts_with("pg_ls_") || name == "pg_stat_file" ||
         name == "pg_current_logfile" || name.starts_with("pg_show_") || name == "pg_hba_file_rules" ||
         name == "pg_ident_file_mappings";
}

bool moves_files(std::string_view name) {
  return name == "lo_import" || name == "lo_export";
}

// Given to PUBLIC or to a service's log-in beyond what initdb gave, where such a log-in gets in.
template <class IsIt>
judgement given_away(const proof_facts& facts, const probe& self, IsIt is_it) {
  checks result{self};
  for_each_place(facts, [&](const place& where) {
    result.count();
    for (const auto& group : where.security().objects) {
      if (!is_of_system(group) || !is_it(group)) continue;
      for (const auto& item : group.privileges) {
        const auto excess = excess_of(group, item);
        if (excess.privileges.empty() || item.grantee == group.owner) continue;
        const auto* who = where.anyone_as(item.grantee);
        if (who == nullptr) continue;
        auto found = where.about();
        found.log_in = who->name;
        found.text = fmt::format("{} holds {} on {} of database \"{}\"", grantee_words(item.grantee),
                                 privilege_words(excess.privileges), words_of(group), where.found().name);
        found.statement = revoking_statement(group, excess);
        result.find(std::move(found));
      }
    }
  });
  return result.done();
}

// Of a custom one, each part is a name of its own.
std::string quote_parameter(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return quote_identifier(name);
  return quote_identifier(name.substr(0, dot)) + "." + quote_parameter(name.substr(dot + 1));
}

}  // namespace

judgement system_catalogs(const proof_facts& facts, const probe& self) {
  return given_away(facts, self, [](const granted_objects& group) { return group.kind == 'r' || group.kind == 'c'; });
}

judgement file_functions(const proof_facts& facts, const probe& self) {
  return given_away(facts, self,
                    [](const granted_objects& group) { return group.kind == 'f' && reads_files(name_of(group)); });
}

judgement file_transfers(const proof_facts& facts, const probe& self) {
  return given_away(facts, self,
                    [](const granted_objects& group) { return group.kind == 'f' && moves_files(name_of(group)); });
}

judgement server_functions(const proof_facts& facts, const probe& self) {
  return given_away(facts, self, [](const granted_objects& group) {
    return group.kind == 'f' && !reads_files(name_of(group)) && !moves_files(name_of(group));
  });
}

judgement parameters_given(const proof_facts& facts, const probe& self) {
  checks result{self};
  if (!facts.observed().security) return result.done();
  result.count();
  for (const auto& parameter : facts.observed().security->parameters) {
    result.count();
    for (const auto& item : parameter.privileges) {
      const auto& able = facts.who_reaches(item.grantee);
      if (!item.is_public() && (able.empty() || facts.is_superuser(*able.front()))) continue;
      finding found{.text = fmt::format(
                        "{} may {} parameter \"{}\"", item.is_public() ? "every role" : grantee_words(item.grantee),
                        item.privileges.find('s') == std::string::npos ? "ALTER SYSTEM on" : "SET", parameter.name)};
      if (!item.is_public()) {
        found.log_in = able.front()->name;
        found.service = able.front()->service();
        found.where = able.front()->where;
      }
      found.statement = fmt::format("REVOKE ALL ON PARAMETER {} FROM {};", quote_parameter(parameter.name),
                                    quoted_grantee(item.grantee));
      result.find(std::move(found));
    }
  }
  return result.done();
}

}  // namespace innkeeper::probe_rows
