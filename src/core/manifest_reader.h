#pragma once
// Checked trees -> an estate with drafts of its services. What a value may be was decided before (manifest_check.h);
// what nobody spelled is decided after (manifest_names.h).
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/manifest_environment.h"
#include "core/manifest_problems.h"
#include "core/yaml_tree.h"

namespace innkeeper {

// A service as its entry spells it: names that are not spelled are empty and marked as inferred.
struct service_draft {
  service_declaration declared;
  location server_where;  // of its `server:`; line 0: not spelled
  location via_where;     // of its `via:`; line 0: not spelled
  std::string via;
};

struct estate_draft {
  estate value;
  std::vector<service_draft> services;
  hardening_rules hardening;                                  // the estate's, as spelled
  wait_declaration wait;                                      // the environment's, for servers that say nothing else
  declared<std::string> default_server;                       // inferred: not spelled
  std::map<std::string, std::vector<std::string>> endpoints;  // by server
};

struct source_place {
  std::string file;
  std::filesystem::path directory;
};

class manifest_reader {
 public:
  manifest_reader(estate_draft& draft, manifest_problems& problems, const environment_lookup& values);

  void read_root(const yaml::node& root, const source_place& source);
  // After the root, in the order of their includes.
  void read_included(const yaml::node& root, const source_place& source);

 private:
  using setting_map = std::map<std::string, declared<std::string>>;

  void read_wait_environment();
  void read_defaults(const yaml::node& defaults);
  void read_servers(const yaml::node& root);
  void read_services(const yaml::node& root);
  void read_brokers(const yaml::node& root);
  void read_accepted_findings(const yaml::node& root);
  [[nodiscard]] hardening_rules hardening_of(const yaml::node& of) const;
  void read_secrets(const yaml::node& service, service_declaration& into) const;
  void read_migrations(const yaml::node* migrations, migration_declaration& into) const;
  void read_pool(const yaml::node* pool, std::optional<pool_declaration>& into) const;
  void read_estate_name(const yaml::node& root);
  [[nodiscard]] server_declaration read_server(const yaml::entry& entry);
  [[nodiscard]] endpoint_declaration read_endpoint(const yaml::entry& entry) const;
  [[nodiscard]] embedded_declaration read_embedded(const yaml::node* embedded, const std::string& server) const;
  void read_admin(const yaml::node* admin, admin_declaration& into) const;
  [[nodiscard]] wait_declaration read_wait(const yaml::node* wait) const;
  [[nodiscard]] service_draft read_service(const yaml::entry& entry);
  void read_service_names(const yaml::node& service, service_draft& into) const;
  void read_behaviour(const yaml::node& service, service_declaration& into) const;
  void read_extensions(const yaml::node* list, std::vector<extension_request>& into);
  void read_settings(const yaml::node* settings, setting_map& into, bool is_server);
  void read_timeouts(const yaml::node* timeouts, setting_map& into);
  [[nodiscard]] std::vector<password_source> read_passwords(const yaml::node* sources) const;
  [[nodiscard]] std::filesystem::path read_path(const std::string& written) const;
  [[nodiscard]] location at(yaml::place where) const { return {source_->file, where.line, where.column}; }

  estate_draft& draft_;
  manifest_problems& problems_;
  const environment_lookup& values_;
  const source_place* source_ = nullptr;
  service_declaration defaults_;  // of every service
  std::map<std::string, location> servers_;
  std::map<std::string, location> services_;
};

}  // namespace innkeeper
