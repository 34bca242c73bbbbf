#include "pg/security.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/sql.h"
#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

using nlohmann::json;

std::string text_of(const json& value) {
  return value.is_null() ? std::string{} : value.get<std::string>();
}

std::vector<std::string> texts_of(const json& value) {
  return value.is_null() ? std::vector<std::string>{} : value.get<std::vector<std::string>>();
}

// json_agg over no rows is null; both are "none".
template <class Row>
auto rows_of(const json& list, Row&& read) {
  std::vector<decltype(read(json{}))> rows;
  if (list.is_null()) return rows;
  rows.reserve(list.size());
  for (const auto& one : list) rows.push_back(read(one));
  return rows;
}

bool is_true(const result& rows, std::size_t row, std::size_t column) {
  return rows.text(row, column) == "t";
}

// Reads the results of security.sql: the namespaces first, the others in whatever order.
class security_reader {
 public:
  explicit security_reader(const std::vector<result>& results) {
    read_namespaces(results.at(0));
    // Functions are told the names of the languages.
    for (std::size_t i = 1; i < results.size(); ++i) read_languages(results[i]);
    for (std::size_t i = 1; i < results.size(); ++i) read_groups(results[i]);
  }

  database_security done() { return std::move(found_); }

 private:
  void read_namespaces(const result& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& oid = rows.text(i, 0);
      const schema_name name{rows.text(i, 1)};
      schemas_[oid] = name;
      if (name.value.starts_with("pg_temp_") || name.value.starts_with("pg_toast_temp_")) temporary_.insert(oid);
      found_.reads_user_mappings = is_true(rows, i, 5);
      if (rows.text(i, 3) == rows.text(i, 4) || rows.is_null(i, 3)) continue;
      const role_name owner{rows.text(i, 2)};
      granted_objects one{.kind = 'n', .schema = name, .owner = owner, .example = quoted(name)};
      one.privileges = parse_acl(rows.text(i, 3));
      one.initial = parse_acl(rows.text(i, 4));
      one.is_given = !rows.is_null(i, 4);
      found_.objects.push_back(std::move(one));
    }
  }

  void read_languages(const result& rows) {
    if (rows.empty() || rows.text(0, 0) != "l") return;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool is_trusted = is_true(rows, i, 7);
      const auto& oid = rows.text(i, 8);
      const bool is_built_in = std::stoul(oid) < 16384;
      found_.languages.push_back({rows.text(i, 4), is_trusted, is_built_in});
      if (!is_trusted) untrusted_[oid] = rows.text(i, 4);
    }
  }

  void read_groups(const result& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const char kind = rows.text(i, 0).front();
      const role_name owner{rows.text(i, 2)};
      switch (kind) {
        case 'l':
          break;
        case 'P':
          found_.publications.push_back({rows.text(i, 4), owner});
          break;
        case 'E':
          if (!is_true(rows, i, 7)) found_.event_triggers.push_back({rows.text(i, 4), owner});
          break;
        case 'O':
          found_.slow_vacuums.push_back(
              {schemas_[rows.text(i, 1)], owner, std::stoi(rows.text(i, 3)), rows.text(i, 4)});
          break;
        default:
          read_group(rows, i, kind, owner);
      }
    }
  }

  void read_group(const result& rows, std::size_t i, char kind, const role_name& owner) {
    if (temporary_.contains(rows.text(i, 1))) return;
    granted_objects one{.kind = kind,
                        .schema = schemas_[rows.text(i, 1)],
                        .owner = owner,
                        .count = std::stoi(rows.text(i, 3)),
                        .example = rows.text(i, 4),
                        .privileges = parse_acl(rows.text(i, 5)),
                        .initial = parse_acl(rows.text(i, 6)),
                        .is_given = !rows.is_null(i, 6),
                        .is_default = rows.is_null(i, 5)};
    if (kind == 'c') one.columns = rows.text(i, 7);
    if (kind == 's') one.password_option = rows.text(i, 7);
    if (kind == 'f') {
      one.is_security_definer = is_true(rows, i, 7);
      one.has_search_path = is_true(rows, i, 8);
      one.is_of_extension = is_true(rows, i, 9);
      const auto language = untrusted_.find(rows.text(i, 10));
      if (language != untrusted_.end()) one.language = language->second;
    }
    found_.objects.push_back(std::move(one));
  }

  database_security found_;
  std::map<std::string, schema_name> schemas_;    // by OID
  std::set<std::string> temporary_;               // OIDs
  std::map<std::string, std::string> untrusted_;  // languages by OID
};

observed_hba_rule read_hba_rule(const json& row) {
  return {.line = row[0].is_null() ? 0 : row[0].get<int>(),
          .file = text_of(row[9]),
          .type = text_of(row[1]),
          .databases = texts_of(row[2]),
          .users = texts_of(row[3]),
          .address = text_of(row[4]),
          .netmask = text_of(row[5]),
          .method = text_of(row[6]),
          .options = texts_of(row[7]),
          .error = text_of(row[8])};
}

heavy_session read_session(const json& row) {
  return {row[0], {row[1]}, {row[2]}, row[3]};
}

void read_server_row(const json& document, server_security& found) {
  found.ages = rows_of(document.at("ages"), [](const json& row) { return database_age{{row[0]}, row[1], row[2]}; });
  found.in_templates = rows_of(document.at("in_templates"), [](const json& row) {
    return things_in_template{{row[0]}, {row[1]}, row[2]};
  });
  found.prepared_transactions = rows_of(document.at("prepared"), [](const json& row) {
    return prepared_transaction{row[0], {row[1]}, {row[2]}};
  });
  found.slots = rows_of(document.at("slots"), [](const json& row) {
    return replication_slot{row[0], row[1] == "logical", {text_of(row[2])}, row[3]};
  });
  found.subscriptions = rows_of(document.at("subscriptions"), [](const json& row) {
    return observed_subscription{row[0], {row[1]}, {row[2]}};
  });
  found.tablespaces = rows_of(document.at("tablespaces"), [](const json& row) {
    return observed_tablespace{row[0], {row[1]}, parse_acl(text_of(row[2]))};
  });
  found.long_transactions = rows_of(document.at("long_transactions"), read_session);
  found.lock_holders = rows_of(document.at("lock_holders"), read_session);
  found.notification_queue = document.at("notification_queue");
}

}  // namespace

database_security observe_security(connection& inside) {
  auto found = security_reader{inside.query_all(catalog_sql::security_sql)}.done();
  const bool has_servers = std::ranges::any_of(found.objects, [](const auto& one) { return one.kind == 's'; });
  if (has_servers && found.reads_user_mappings) {
    const auto rows = inside.query(catalog_sql::user_mappings_sql);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      found.user_mappings.push_back({rows.text(i, 0), {rows.text(i, 1)}, !is_true(rows, i, 2)});
    }
  }
  return found;
}

server_security observe_server_security(connection& maintenance, const capabilities& can) {
  server_security found;
  const auto document = json::parse(maintenance.query(catalog_sql::security_server_sql).text(0, 0));
  read_server_row(document, found);
  if (can.may_read_hba_rules) {
    const auto rules = maintenance.query(catalog_sql::hba_rules_sql);
    if (!rules.is_null(0, 0)) found.hba_rules = rows_of(json::parse(rules.text(0, 0)), read_hba_rule);
  }
  if (can.is_superuser) {
    found.hba_file_is_newer = is_true(maintenance.query(catalog_sql::hba_file_sql), 0, 0);
  }
  if (can.parameter_grants) {
    const auto rows = maintenance.query(catalog_sql::parameter_privileges_sql);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      found.parameters.push_back({rows.text(i, 0), parse_acl(rows.text(i, 1))});
    }
  }
  return found;
}

}  // namespace innkeeper::pg
