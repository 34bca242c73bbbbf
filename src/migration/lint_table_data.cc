#include "migration/lint_table.h"

namespace innkeeper::migration {

std::vector<lint_rule> data_rules() {
  return {
      {.number = 29,
       .id = "mutation-without-where",
       .level = lint_level::error,
       .title = "UPDATE or DELETE without WHERE",
       .why =
           "Every row is locked until the transaction ends; the table doubles, and so does what replicas have to take.",
       .safe = "In batches by key, in a file that has no transaction.",
       .bad = "UPDATE shop.orders SET state = 'old';",
       .good = "UPDATE shop.orders SET state = 'old' WHERE id BETWEEN 1 AND 1000;",
       .versions = ""},
      {.number = 29,
       .id = "unbatched-backfill",
       .level = lint_level::warning,
       .title = "UPDATE or DELETE that no key bounds",
       .why = "WHERE … IS NULL alone holds for most of a table after ADD COLUMN: one long transaction.",
       .safe = "In batches by key, in a file that has no transaction.",
       .bad = "UPDATE shop.orders SET state = 'old' WHERE state IS NULL;",
       .good = "UPDATE shop.orders SET state = 'old' WHERE state IS NULL AND id BETWEEN 1 AND 1000;",
       .versions = ""},
      {.number = 30,
       .id = "dml-with-ddl-in-tx",
       .level = lint_level::warning,
       .title = "Rows changed after ALTER TABLE in one transaction",
       .why = "ACCESS EXCLUSIVE is held while the rows are changed.",
       .safe = "Change the rows in a later file.",
       .bad = "ALTER TABLE shop.orders ADD COLUMN state text;\n"
              "UPDATE shop.orders SET state = 'old' WHERE id < 1000;",
       .good = "ALTER TABLE shop.orders ADD COLUMN state text;",
       .versions = ""},
      {.number = 33,
       .id = "enum-add-value-use",
       .level = lint_level::error,
       .title = "ADD VALUE, then the value, in one transaction",
       .why = "The server refuses it with 55P04.",
       .safe = "Add the value in an earlier file.",
       .bad = "ALTER TYPE shop.state ADD VALUE 'paid' AFTER 'new';\n"
              "INSERT INTO shop.orders (id, state) VALUES (1, 'paid');",
       .good = "ALTER TYPE shop.state ADD VALUE 'paid' AFTER 'new';",
       .versions = "18+: allowed where the same transaction makes the type"},
      {.number = 34,
       .id = "enum-order",
       .level = lint_level::info,
       .title = "ADD VALUE without BEFORE or AFTER",
       .why = "It sorts last, and that cannot be changed.",
       .safe = "Say where it belongs.",
       .bad = "ALTER TYPE shop.state ADD VALUE 'paid';",
       .good = "ALTER TYPE shop.state ADD VALUE 'paid' AFTER 'new';",
       .versions = ""},
      {.number = 34,
       .id = "enum-value-removal",
       .level = lint_level::error,
       .title = "Changing pg_enum by hand",
       .why = "Values cannot be removed: indexes and rows that hold the value break.",
       .safe = "Leave it unused, or make a new type and change the columns over.",
       .bad = "DELETE FROM pg_catalog.pg_enum WHERE enumlabel = 'paid';",
       .good = "CREATE TYPE shop.state_next AS ENUM ('new', 'sent');",
       .versions = ""},
      {.number = 52,
       .id = "copy-server-file",
       .level = lint_level::warning,
       .title = "COPY with a file of the server",
       .why = "Only privileged roles may, and the file has to be there.",
       .safe = "Write the rows into the migration, behind COPY … FROM stdin.",
       .bad = "COPY shop.menu FROM '/srv/menu.csv';",
       .good = "COPY shop.menu (id, name) FROM stdin;\n"
               "1	soup\n"
               "\\.",
       .versions = ""},
  };
}

}  // namespace innkeeper::migration
