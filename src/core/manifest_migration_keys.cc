// migrations: how a service's schema files are read and run.
#include "core/manifest_shapes.h"

namespace innkeeper::shapes {

const value_shape* migrations() {
  static const key_table keys{
      .title = "migrations",
      .keys = {{"format",
                choice({"innkeeper", "flyway", "golang-migrate", "dbmate", "goose", "sqlx", "diesel", "node-pg-migrate",
                        "sqitch"}),
                "detected", "Whose layout the schema files have."},
               {"lock_timeout", scalar(value_kind::duration), "2s",
                "How long one statement waits for a lock before it gives way, to be tried again."},
               {"statement_timeout", scalar(value_kind::duration_or_off), "off", "How long one statement may take."},
               {"retries", integer(0, 1000), "10", "Tries after the first, where a lock could not be had."},
               {"out_of_order", scalar(value_kind::boolean), "false",
                "Whether a version may run that is older than one that ran already."},
               {"on_failure", choice({"stop", "degraded"}), "stop",
                "Of `innkeeper init -- app`. degraded: the application starts all the same."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

}  // namespace innkeeper::shapes
