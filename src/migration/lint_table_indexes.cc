#include "migration/lint_table.h"

namespace innkeeper::migration {

std::vector<lint_rule> index_rules() {
  return {
      {.number = 1,
       .id = "index-not-concurrent",
       .level = lint_level::error,
       .title = "CREATE INDEX without CONCURRENTLY",
       .why = "It takes a SHARE lock: nobody writes to the table until the index is built.",
       .safe = "Build it with CONCURRENTLY, in a file that has no transaction.",
       .bad = "CREATE INDEX orders_placed_idx ON shop.orders (placed);",
       .good = "-- innkeeper: no-transaction\n"
               "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);",
       .versions = ""},
      {.number = 2,
       .id = "drop-index-not-concurrent",
       .level = lint_level::error,
       .title = "DROP INDEX without CONCURRENTLY",
       .why = "It takes an ACCESS EXCLUSIVE lock on the table: it waits for every query of it, and those that follow "
              "wait behind.",
       .safe = "Drop it with CONCURRENTLY, in a file that has no transaction. The index of a constraint goes with the "
               "constraint; that of a partitioned table cannot be dropped so.",
       .bad = "DROP INDEX shop.orders_placed_idx;",
       .good = "-- innkeeper: no-transaction\n"
               "DROP INDEX CONCURRENTLY IF EXISTS shop.orders_placed_idx;",
       .versions = ""},
      {.number = 3,
       .id = "reindex-not-concurrent",
       .level = lint_level::error,
       .title = "REINDEX without CONCURRENTLY",
       .why = "It takes a SHARE lock on the table and an ACCESS EXCLUSIVE lock on the index: no writes, and no reads "
              "that want the index.",
       .safe = "Use CONCURRENTLY, in a file that has no transaction.",
       .bad = "REINDEX INDEX shop.orders_placed_idx;",
       .good = "-- innkeeper: no-transaction\n"
               "REINDEX INDEX CONCURRENTLY shop.orders_placed_idx;",
       .versions = "12+: REINDEX CONCURRENTLY"},
      {.number = 4,
       .id = "concurrent-in-tx",
       .level = lint_level::error,
       .title = "CONCURRENTLY inside a transaction",
       .why = "The server refuses it with 25001, inside functions and DO blocks as well.",
       .safe = "Begin the file with `-- innkeeper: no-transaction`; its statements are then sent one by one.",
       .bad = "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);",
       .good = "-- innkeeper: no-transaction\n"
               "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);",
       .versions = ""},
      {.number = 4,
       .id = "not-in-transaction",
       .level = lint_level::error,
       .title = "VACUUM, CREATE DATABASE and the like inside a transaction",
       .why = "The server refuses them with 25001.",
       .safe = "Begin the file with `-- innkeeper: no-transaction`.",
       .bad = "VACUUM shop.orders;",
       .good = "-- innkeeper: no-transaction\n"
               "VACUUM shop.orders;",
       .versions = ""},
      {.number = 5,
       .id = "concurrent-if-not-exists",
       .level = lint_level::warning,
       .title = "CREATE INDEX CONCURRENTLY IF NOT EXISTS",
       .why = "A build that failed leaves an invalid index, which IF NOT EXISTS takes for a good one: it is never "
              "used, and each write pays for it.",
       .safe = "Leave IF NOT EXISTS out. Drop an invalid leftover with DROP INDEX CONCURRENTLY, or mend it with "
               "REINDEX INDEX CONCURRENTLY.",
       .bad = "-- innkeeper: no-transaction\n"
              "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_placed_idx ON shop.orders (placed);",
       .good = "-- innkeeper: no-transaction\n"
               "DROP INDEX CONCURRENTLY IF EXISTS shop.orders_placed_idx;\n"
               "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);",
       .versions = ""},
      {.number = 6,
       .id = "concurrent-unnamed-index",
       .level = lint_level::warning,
       .title = "CREATE INDEX CONCURRENTLY without a name",
       .why = "Each failed try leaves one more invalid index: orders_placed_idx, orders_placed_idx1, …",
       .safe = "Name it.",
       .bad = "-- innkeeper: no-transaction\n"
              "CREATE INDEX CONCURRENTLY ON shop.orders (placed);",
       .good = "-- innkeeper: no-transaction\n"
               "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);",
       .versions = ""},
      {.number = 7,
       .id = "concurrent-on-partitioned",
       .level = lint_level::error,
       .title = "CREATE INDEX CONCURRENTLY on a partitioned table",
       .why = "The server refuses it with 0A000.",
       .safe =
           "Create the index ON ONLY the partitioned table, build one CONCURRENTLY on each partition, attach those.",
       .bad = "-- innkeeper: no-transaction\n"
              "CREATE TABLE IF NOT EXISTS shop.orders (id bigint PRIMARY KEY) PARTITION BY RANGE (id);\n"
              "CREATE INDEX CONCURRENTLY orders_id_idx ON shop.orders (id);",
       .good = "-- innkeeper: no-transaction\n"
               "CREATE INDEX IF NOT EXISTS orders_placed_idx ON ONLY shop.orders (placed);\n"
               "CREATE INDEX CONCURRENTLY orders_1_placed_idx ON shop.orders_1 (placed);\n"
               "ALTER INDEX shop.orders_placed_idx ATTACH PARTITION shop.orders_1_placed_idx;",
       .versions = ""},
      {.number = 51,
       .id = "concurrent-index-corruption",
       .level = lint_level::error,
       .title = "CONCURRENTLY on PostgreSQL 14.0 to 14.3",
       .why = "A bug of these versions leaves rows out of the index.",
       .safe = "Update the server first.",
       .bad = "-- innkeeper: no-transaction\n"
              "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);",
       .good = "CREATE TABLE shop.orders (id bigint PRIMARY KEY);\n"
               "CREATE INDEX orders_id_idx ON shop.orders (id);",
       .versions = "14.4 mends it"},
  };
}

}  // namespace innkeeper::migration
