#include "migration/lint_table.h"

namespace innkeeper::migration {

std::vector<lint_rule> column_rules() {
  return {
      {.number = 16,
       .id = "add-required-column",
       .level = lint_level::error,
       .title = "ADD COLUMN NOT NULL without a default",
       .why = "It fails if the table has rows, and breaks the running application, which writes rows without it.",
       .safe = "Give it a DEFAULT; or add it without NOT NULL, fill it in batches, then make it NOT NULL.",
       .bad = "ALTER TABLE shop.orders ADD COLUMN note text NOT NULL;",
       .good = "ALTER TABLE shop.orders ADD COLUMN note text NOT NULL DEFAULT '';",
       .versions = "11+: a default that is the same for all rows costs nothing"},
      {.number = 17,
       .id = "volatile-default",
       .level = lint_level::error,
       .title = "ADD COLUMN with a volatile DEFAULT",
       .why = "random(), gen_random_uuid(), clock_timestamp() and the like differ from row to row: the table is "
              "written anew under ACCESS EXCLUSIVE. now() does not. A function that lint does not know is a warning.",
       .safe = "Add the column, set the default, fill the old rows in batches.",
       .bad = "ALTER TABLE shop.orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
       .good = "ALTER TABLE shop.orders ADD COLUMN token uuid;\n"
               "ALTER TABLE shop.orders ALTER COLUMN token SET DEFAULT gen_random_uuid();",
       .versions = ""},
      {.number = 18,
       .id = "serial-or-identity-column",
       .level = lint_level::error,
       .title = "ADD COLUMN serial or IDENTITY",
       .why = "Every row gets a number: the table is written anew under ACCESS EXCLUSIVE.",
       .safe = "Add a column that may be null, set nextval() of a new sequence as its default, fill the old rows in "
               "batches.",
       .bad = "ALTER TABLE shop.orders ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;",
       .good = "CREATE SEQUENCE shop.orders_number;\n"
               "ALTER TABLE shop.orders ADD COLUMN number bigint;\n"
               "ALTER TABLE shop.orders ALTER COLUMN number SET DEFAULT nextval('shop.orders_number');",
       .versions = ""},
      {.number = 19,
       .id = "stored-generated",
       .level = lint_level::error,
       .title = "ADD COLUMN GENERATED … STORED",
       .why = "Every row is computed: the table is written anew under ACCESS EXCLUSIVE.",
       .safe = "Add an ordinary column that a trigger fills, or make it VIRTUAL.",
       .bad = "ALTER TABLE shop.orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) STORED;",
       .good = "ALTER TABLE shop.orders ADD COLUMN gross numeric;",
       .versions = "18+: VIRTUAL, which writes nothing"},
      {.number = 20,
       .id = "constrained-domain-column",
       .level = lint_level::error,
       .title = "ADD COLUMN of a domain with a constraint",
       .why = "The table is written anew under ACCESS EXCLUSIVE, even where all values are null.",
       .safe = "Use the base type, and add a CHECK to the table with NOT VALID. Domains of the server are known with a "
               "connection only.",
       .bad = "CREATE DOMAIN shop.price AS numeric CHECK (VALUE >= 0);\n"
              "ALTER TABLE shop.orders ADD COLUMN tip shop.price;",
       .good = "ALTER TABLE shop.orders ADD COLUMN tip numeric;\n"
               "ALTER TABLE shop.orders ADD CONSTRAINT orders_tip_check CHECK (tip >= 0) NOT VALID;",
       .versions = ""},
      {.number = 21,
       .id = "change-type",
       .level = lint_level::error,
       .title = "ALTER COLUMN TYPE",
       .why = "The table is written anew under ACCESS EXCLUSIVE. Not so: varchar(n) to a larger one or to text, text "
              "to varchar, numeric with the same scale and more digits, cidr to inet, more digits of timestamps, "
              "longer varbit; these are known with a connection, and a warning without.",
       .safe = "Add a column of the new type, write both, fill the old rows in batches, change the application over.",
       .bad = "ALTER TABLE shop.orders ALTER COLUMN id TYPE bigint;",
       .good = "ALTER TABLE shop.orders ADD COLUMN id_wide bigint;",
       .versions = "12+: timestamp to timestamptz writes nothing where the session is in UTC"},
      {.number = 22,
       .id = "drop-column",
       .level = lint_level::error,
       .title = "DROP COLUMN",
       .why = "Its data is lost, and the running application that names it breaks.",
       .safe = "Stop using it first; drop it in a later release, with a lint-ignore that says so.",
       .bad = "ALTER TABLE shop.orders DROP COLUMN note;",
       .good = "ALTER TABLE shop.orders ALTER COLUMN note DROP DEFAULT;",
       .versions = ""},
  };
}

}  // namespace innkeeper::migration
