#pragma once
// What `migrate up` would run, statement by statement: the lock that each takes on tables that exist, whether it
// rewrites or reads them whole, and whether there is a way back.
#include <string>
#include <vector>

#include "cli/console.h"
#include "exec/migrate_estate.h"

namespace innkeeper::cli {

class migrate_plan {
 public:
  void add(const exec::migration_target& target, const exec::migrate_report& report);

  [[nodiscard]] std::string to_text(bool colored) const;
  // The document of schemas_to_json() with "statements" besides.
  [[nodiscard]] json to_json(const exec::estate_run& run) const;

 private:
  struct statement {
    std::string text;
    int line = 0;
    migration::lock_forecast locks;
  };
  struct file {
    std::string service;
    std::string name;
    std::string reason;
    bool is_transactional = true;
    std::string way_back;  // of versions: "lossy: …"
    std::vector<statement> statements;
  };
  std::vector<file> files_;
};

}  // namespace innkeeper::cli
