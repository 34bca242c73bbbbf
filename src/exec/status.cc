#include "exec/status.h"

#include "exec/apply.h"
#include "exec/certificate_ends.h"
#include "pg/database_sizes.h"

namespace innkeeper::exec {

server_status read_status(const estate& all, const server_access& access, depth how) {
  const auto planned = plan_server(all, access, {.how = how});
  auto maintenance = pg::connection::open(access.admin, {.application_name = "innkeeper status"});
  auto status =
      derive_status(all, planned.desired, planned.observed, planned.steps, pg::measure_databases(maintenance));
  status.certificates = certificate_ends(all, access);
  return status;
}

}  // namespace innkeeper::exec
