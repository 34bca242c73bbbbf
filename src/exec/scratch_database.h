#pragma once
// A database to try a dump in, with a role that may do nothing but fill it: whatever a service wrote runs with no other
// right than that. Closed to everybody else; both go with this object.
#include <string>

#include "core/capabilities.h"
#include "core/conninfo.h"
#include "exec/server_access.h"
#include "pg/connection.h"

namespace innkeeper::exec {

class scratch_database {
 public:
  // `creation_options` as pg::creation_options() gives them. Throws pg::error; nothing is left then.
  scratch_database(const server_access& access, const capabilities& can, const std::string& creation_options);
  scratch_database(const scratch_database&) = delete;
  scratch_database& operator=(const scratch_database&) = delete;
  ~scratch_database();  // what can't be removed now is found by remove_left_scratch()

  [[nodiscard]] pg::connection open_as_admin() const;
  [[nodiscard]] const conninfo& owner() const { return owner_; }  // the role's log-in

 private:
  const server_access& access_;
  conninfo owner_;
};

// Of runs that were killed. The caller holds the server's lock.
void remove_left_scratch(const server_access& access);

}  // namespace innkeeper::exec
