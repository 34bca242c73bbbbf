#include "migration/lint_table.h"

namespace innkeeper::migration {

std::vector<lint_rule> constraint_rules() {
  return {
      {.number = 8,
       .id = "fk-not-valid",
       .level = lint_level::error,
       .title = "ADD FOREIGN KEY without NOT VALID",
       .why = "It takes a SHARE ROW EXCLUSIVE lock on both tables and checks every row: nobody writes to either "
              "meanwhile. Even on a small table, the other one is locked.",
       .safe = "Add it with NOT VALID, then VALIDATE it in a later transaction, which takes SHARE UPDATE EXCLUSIVE and "
               "blocks nobody.",
       .bad = "ALTER TABLE shop.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES "
              "shop.customers (id);",
       .good = "ALTER TABLE shop.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES "
               "shop.customers (id) NOT VALID;",
       .versions = "NOT VALID on partitioned tables: 18+"},
      {.number = 8,
       .id = "fk-not-valid-on-partitioned",
       .level = lint_level::error,
       .title = "FOREIGN KEY … NOT VALID on a partitioned table",
       .why = "The server refuses it before PostgreSQL 18.",
       .safe = "Add it to each partition with NOT VALID, validate those, then add it to the partitioned table.",
       .bad = "CREATE TABLE shop.orders (id bigint PRIMARY KEY) PARTITION BY RANGE (id);\n"
              "ALTER TABLE shop.orders ADD CONSTRAINT orders_id_fkey FOREIGN KEY (id) REFERENCES shop.receipts (id) "
              "NOT VALID;",
       .good = "ALTER TABLE shop.orders_1 ADD CONSTRAINT orders_1_id_fkey FOREIGN KEY (id) REFERENCES shop.receipts "
               "(id) NOT VALID;",
       .versions = "18+: allowed"},
      {.number = 9,
       .id = "add-column-references",
       .level = lint_level::warning,
       .title = "ADD COLUMN … REFERENCES",
       .why = "It takes ACCESS EXCLUSIVE on the table and SHARE ROW EXCLUSIVE on the other one. With a default, every "
              "row is checked meanwhile, and it is an error.",
       .safe = "Add the column, then the foreign key with NOT VALID, then VALIDATE it in a later transaction.",
       .bad = "ALTER TABLE shop.orders ADD COLUMN customer bigint REFERENCES shop.customers (id);",
       .good = "ALTER TABLE shop.orders ADD COLUMN customer bigint;",
       .versions = ""},
      {.number = 10,
       .id = "check-not-valid",
       .level = lint_level::error,
       .title = "ADD CHECK without NOT VALID",
       .why = "It takes ACCESS EXCLUSIVE while every row is checked.",
       .safe = "Add it with NOT VALID, then VALIDATE it in a later transaction.",
       .bad = "ALTER TABLE shop.orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);",
       .good = "ALTER TABLE shop.orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;",
       .versions = ""},
      {.number = 11,
       .id = "validate-same-tx",
       .level = lint_level::error,
       .title = "NOT VALID and VALIDATE in one transaction",
       .why = "The lock of ADD CONSTRAINT is kept while every row is checked: NOT VALID wins nothing.",
       .safe = "Validate in a later file.",
       .bad = "ALTER TABLE shop.orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;\n"
              "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_total_check;",
       .good = "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_total_check;",
       .versions = ""},
      {.number = 12,
       .id = "set-not-null",
       .level = lint_level::error,
       .title = "SET NOT NULL",
       .why = "It takes ACCESS EXCLUSIVE while every row is checked, unless a valid CHECK proves it.",
       .safe = "Add CHECK (column IS NOT NULL) NOT VALID, VALIDATE it, SET NOT NULL, drop the CHECK: each but the last "
               "two in a transaction of its own.",
       .bad = "ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;",
       .good = "-- innkeeper: no-transaction\n"
               "ALTER TABLE shop.orders DROP CONSTRAINT IF EXISTS orders_note_not_null;\n"
               "ALTER TABLE shop.orders ADD CONSTRAINT orders_note_not_null CHECK (note IS NOT NULL) NOT VALID;\n"
               "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_note_not_null;\n"
               "ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;",
       .versions = "12+: a valid CHECK spares the scan; 18+: NOT NULL … NOT VALID"},
      {.number = 13,
       .id = "add-unique",
       .level = lint_level::error,
       .title = "ADD UNIQUE without an index",
       .why = "It takes ACCESS EXCLUSIVE until the index is built.",
       .safe = "Build a unique index with CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX.",
       .bad = "ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE (number);",
       .good = "ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;",
       .versions = ""},
      {.number = 14,
       .id = "add-primary-key",
       .level = lint_level::error,
       .title = "ADD PRIMARY KEY without an index",
       .why = "It takes ACCESS EXCLUSIVE until the index is built and every row is checked for null.",
       .safe = "Make the columns NOT NULL, build a unique index with CONCURRENTLY, then ADD PRIMARY KEY USING INDEX.",
       .bad = "ALTER TABLE shop.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);",
       .good = "ALTER TABLE shop.orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey;",
       .versions = ""},
      {.number = 15,
       .id = "add-exclusion",
       .level = lint_level::error,
       .title = "ADD EXCLUDE",
       .why = "It takes ACCESS EXCLUSIVE until the index is built; there is no NOT VALID for it.",
       .safe = "Make a new table with the constraint and move the rows over.",
       .bad =
           "ALTER TABLE shop.tables ADD CONSTRAINT tables_seat_excl EXCLUDE USING gist (seat WITH =, during WITH &&);",
       .good = "CREATE TABLE shop.tables (id bigint PRIMARY KEY, seat int, during tstzrange, EXCLUDE USING gist (seat "
               "WITH =, during WITH &&));",
       .versions = ""},
      {.number = 24,
       .id = "drop-constraint-fk",
       .level = lint_level::warning,
       .title = "DROP CONSTRAINT of a foreign key",
       .why = "It takes ACCESS EXCLUSIVE on both tables.",
       .safe = "Do it alone in a file, with a short lock timeout.",
       .bad = "ALTER TABLE shop.orders DROP CONSTRAINT orders_customer_fkey;",
       .good = "ALTER TABLE shop.orders DROP CONSTRAINT orders_total_check;",
       .versions = ""},
      {.number = 25,
       .id = "drop-not-null",
       .level = lint_level::warning,
       .title = "DROP NOT NULL",
       .why = "The running application may not expect null.",
       .safe = "Deploy the application that does first.",
       .bad = "ALTER TABLE shop.orders ALTER COLUMN note DROP NOT NULL;",
       .good = "ALTER TABLE shop.orders ALTER COLUMN note SET DEFAULT '';",
       .versions = ""},
      {.number = 43,
       .id = "fk-without-index",
       .level = lint_level::warning,
       .title = "A foreign key without an index",
       .why = "Each delete from the other table, and each change of its key, reads the whole table and holds its locks "
              "meanwhile.",
       .safe = "Create an index that begins with the columns of the foreign key.",
       .bad = "CREATE TABLE shop.customers (id bigint PRIMARY KEY);\n"
              "CREATE TABLE shop.orders (id bigint PRIMARY KEY, customer bigint REFERENCES shop.customers (id));",
       .good = "CREATE TABLE shop.customers (id bigint PRIMARY KEY);\n"
               "CREATE TABLE shop.orders (id bigint PRIMARY KEY, customer bigint REFERENCES shop.customers (id));\n"
               "CREATE INDEX orders_customer_idx ON shop.orders (customer);",
       .versions = ""},
  };
}

}  // namespace innkeeper::migration
