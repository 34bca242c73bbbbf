// What people read, whole: the message, the hint, and what to write instead.
#include <gtest/gtest.h>

#include "lint_support.h"

namespace innkeeper::migration {
namespace {

struct wording_case {
  std::string_view sql;
  lint_finding want;
};

// The place is the first character's.
lint_finding finding(std::string rule, lint_level level, std::string message, std::string hint, std::string rewrite) {
  return {.rule = std::move(rule),
          .level = level,
          .where = {"a.sql", 1, 1},
          .message = std::move(message),
          .hint = std::move(hint),
          .rewrite = std::move(rewrite)};
}

TEST(lint_wording, of_the_rules_that_are_met_most) {
  const auto error = lint_level::error;
  const std::vector<wording_case> cases = {
      {"CREATE INDEX ON shop.orders (placed);",
       finding("index-not-concurrent", error,
               "CREATE INDEX on \"shop.orders\" blocks writes until it is built (SHARE lock)",
               "Build it with CONCURRENTLY, in a file of its own that has no transaction.",
               "-- innkeeper: no-transaction\n"
               "CREATE INDEX CONCURRENTLY orders_placed_idx ON shop.orders (placed);")},
      {"DROP INDEX shop.orders_placed_idx;", finding("drop-index-not-concurrent", error,
                                                     "DROP INDEX \"shop.orders_placed_idx\" waits for every query of "
                                                     "its table and blocks those that follow (ACCESS EXCLUSIVE lock)",
                                                     "Drop it with CONCURRENTLY, in a file that has no transaction.",
                                                     "-- innkeeper: no-transaction\n"
                                                     "DROP INDEX CONCURRENTLY shop.orders_placed_idx;")},
      {"ALTER TABLE shop.orders ADD FOREIGN KEY (customer) REFERENCES shop.customers;",
       finding("fk-not-valid", error,
               "adding a foreign key from \"shop.orders\" to \"shop.customers\" blocks writes to both while the rows "
               "are checked (SHARE ROW EXCLUSIVE lock)",
               "Add it with NOT VALID, which checks new rows only, and VALIDATE it in a later transaction, which "
               "blocks nobody.",
               "ALTER TABLE shop.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES "
               "shop.customers NOT VALID;\n"
               "-- in a later file:\n"
               "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_customer_fkey;")},
      {"ALTER TABLE shop.orders ADD CHECK (total >= 0);",
       finding("check-not-valid", error,
               "adding a CHECK to \"shop.orders\" blocks reads and writes while every row is checked (ACCESS EXCLUSIVE "
               "lock)",
               "Add it with NOT VALID, which checks new rows only, and VALIDATE it in a later transaction, which "
               "blocks nobody.",
               "ALTER TABLE shop.orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;\n"
               "-- in a later file:\n"
               "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_total_check;")},
      {"ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;",
       finding("set-not-null", error,
               "SET NOT NULL on column \"note\" of \"shop.orders\" blocks reads and writes while every row is checked "
               "(ACCESS EXCLUSIVE lock)",
               "Add a CHECK with NOT VALID, VALIDATE it in a later transaction, and then set NOT NULL, which believes "
               "the CHECK and reads nothing.",
               "ALTER TABLE shop.orders ADD CONSTRAINT orders_note_not_null CHECK (note IS NOT NULL) NOT VALID;\n"
               "-- in a later file:\n"
               "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_note_not_null;\n"
               "-- in a later file:\n"
               "ALTER TABLE shop.orders ALTER COLUMN note SET NOT NULL;\n"
               "ALTER TABLE shop.orders DROP CONSTRAINT orders_note_not_null;")},
      {"ALTER TABLE shop.orders ADD UNIQUE (number);",
       finding(
           "add-unique", error,
           "adding UNIQUE to \"shop.orders\" blocks reads and writes until its index is built (ACCESS EXCLUSIVE lock)",
           "Build a unique index with CONCURRENTLY, and add the constraint USING INDEX.",
           "-- innkeeper: no-transaction\n"
           "CREATE UNIQUE INDEX CONCURRENTLY orders_number_key ON shop.orders (number);\n"
           "ALTER TABLE shop.orders ADD CONSTRAINT orders_number_key UNIQUE USING INDEX orders_number_key;")},
      {"ALTER TABLE shop.orders ADD COLUMN note text NOT NULL;",
       finding("add-required-column", error,
               "column \"note\" is NOT NULL without a default: adding it to \"shop.orders\" fails if there are rows, "
               "and breaks writers that don't know it",
               "Give it a DEFAULT, which costs nothing where it doesn't change from row to row; or add it without NOT "
               "NULL, fill it in batches, and then make it NOT NULL.",
               "")},
      {"ALTER TABLE shop.orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
       finding("volatile-default", error,
               "adding column \"token\" with a default that changes from row to row writes \"shop.orders\" anew and "
               "blocks reads and writes until then (ACCESS EXCLUSIVE lock)",
               "Add the column without the default, set the default, and fill the old rows in batches.",
               "ALTER TABLE shop.orders ADD COLUMN token uuid;\n"
               "ALTER TABLE shop.orders ALTER COLUMN token SET DEFAULT gen_random_uuid();")},
      {"ALTER TABLE shop.orders ALTER COLUMN id TYPE bigint;",
       finding("change-type", error,
               "changing the type of column \"id\" writes \"shop.orders\" anew and blocks reads and writes until then "
               "(ACCESS EXCLUSIVE lock)",
               "Add a column of the new type, write both, fill the old rows in batches, and let the application change "
               "over.",
               "")},
      {"ALTER TABLE shop.orders DROP COLUMN note;",
       finding("drop-column", error,
               "dropping column \"note\" of \"shop.orders\" loses its data and breaks the application that still uses "
               "it (ACCESS EXCLUSIVE lock)",
               "Deploy an application that doesn't use it first. Then allow it here, with the reason.", "")},
      {"DROP TABLE shop.orders;",
       finding("drop-table", error,
               "dropping \"shop.orders\" loses its data and breaks the application that still uses it (ACCESS "
               "EXCLUSIVE lock on it and on the tables that it refers to)",
               "Deploy an application that doesn't use it first, and drop its foreign keys one by one. Then allow it "
               "here, with the reason.",
               "")},
      {"ALTER TABLE shop.orders RENAME COLUMN note TO remark;",
       finding("rename-column", error,
               "renaming column \"note\" of \"shop.orders\" to \"remark\" breaks the application that still uses the "
               "old name",
               "Make the new beside the old, let the application change over, and drop the old in a later release.",
               "")},
      {"CREATE INDEX CONCURRENTLY i ON shop.orders (placed);",
       finding("concurrent-in-tx", error,
               "CREATE INDEX CONCURRENTLY on \"shop.orders\" cannot run inside a transaction",
               "Begin the file with \"-- innkeeper: no-transaction\": its statements are then sent one by one.",
               "-- innkeeper: no-transaction\n"
               "CREATE INDEX CONCURRENTLY i ON shop.orders (placed);")},
      {"UPDATE shop.orders SET state = 'old';",
       finding("mutation-without-where", error,
               "UPDATE without WHERE locks every row of \"shop.orders\" until the transaction ends",
               "Change the rows in batches by their key, in a file that has no transaction.", "")},
      {"ALTER TABLE shop.orders ADD COLUMN customer bigint REFERENCES shop.customers (id);",
       finding("add-column-references", lint_level::warning,
               "adding column \"customer\" with REFERENCES blocks reads and writes of \"shop.orders\" (ACCESS "
               "EXCLUSIVE lock) and writes to \"shop.customers\" (SHARE ROW EXCLUSIVE lock)",
               "Add the column without it, add the foreign key with NOT VALID, and VALIDATE it in a later transaction.",
               "ALTER TABLE shop.orders ADD COLUMN customer bigint;\n"
               "ALTER TABLE shop.orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer) REFERENCES "
               "shop.customers (id) NOT VALID;\n"
               "-- in a later file:\n"
               "ALTER TABLE shop.orders VALIDATE CONSTRAINT orders_customer_fkey;")},
  };
  for (const auto& one : cases) {
    const auto findings = test::lint_text(one.sql);
    ASSERT_FALSE(findings.empty()) << one.sql;
    EXPECT_EQ(findings.front().rule, one.want.rule);
    EXPECT_EQ(findings.front().message, one.want.message);
    EXPECT_EQ(findings.front().hint, one.want.hint);
    EXPECT_EQ(findings.front().rewrite, one.want.rewrite);
    EXPECT_EQ(findings.front(), one.want);
  }
}

struct rewrite_case {
  std::string_view sql;
  std::string_view want;
};

std::string first_rewrite(std::string_view sql) {
  for (const auto& one : test::lint_text(sql)) {
    if (!one.rewrite.empty()) return one.rewrite;
  }
  return {};
}

TEST(lint_rewrite, is_made_of_the_statements_own_words) {
  const std::vector<rewrite_case> cases = {
      {"CREATE UNIQUE INDEX IF NOT EXISTS i ON s.t USING btree (a, lower(\"B\")) -- why\n"
       " WHERE c > 0;",
       "-- innkeeper: no-transaction\n"
       "CREATE UNIQUE INDEX CONCURRENTLY i ON s.t USING btree (a, lower(\"B\")) WHERE c > 0;"},
      {"-- innkeeper: no-transaction\n"
       "CREATE INDEX IF NOT EXISTS i ON s.t (a);",
       "CREATE INDEX CONCURRENTLY i ON s.t (a);"},
      {"DROP INDEX IF EXISTS s.a, \"B\";",
       "-- innkeeper: no-transaction\n"
       "DROP INDEX CONCURRENTLY IF EXISTS s.a;\n"
       "DROP INDEX CONCURRENTLY IF EXISTS \"B\";"},
      {"ALTER TABLE IF EXISTS ONLY s.t ADD z int, /* and */ ADD CONSTRAINT \"C\" FOREIGN KEY (a, b)\n"
       "  REFERENCES p (x, y) ON DELETE CASCADE DEFERRABLE;",
       "ALTER TABLE IF EXISTS ONLY s.t ADD z int;\n"
       "ALTER TABLE IF EXISTS ONLY s.t ADD CONSTRAINT \"C\" FOREIGN KEY (a, b) REFERENCES p (x, y) ON DELETE CASCADE "
       "DEFERRABLE NOT VALID;\n"
       "-- in a later file:\n"
       "ALTER TABLE IF EXISTS ONLY s.t VALIDATE CONSTRAINT \"C\";"},
      {"ALTER TABLE s.\"Order\" ALTER \"select\" SET NOT NULL;",
       "ALTER TABLE s.\"Order\" ADD CONSTRAINT \"Order_select_not_null\" CHECK (\"select\" IS NOT NULL) NOT VALID;\n"
       "-- in a later file:\n"
       "ALTER TABLE s.\"Order\" VALIDATE CONSTRAINT \"Order_select_not_null\";\n"
       "-- in a later file:\n"
       "ALTER TABLE s.\"Order\" ALTER COLUMN \"select\" SET NOT NULL;\n"
       "ALTER TABLE s.\"Order\" DROP CONSTRAINT \"Order_select_not_null\";"},
      {"ALTER TABLE s.t ADD UNIQUE (a, b) DEFERRABLE INITIALLY DEFERRED;",
       "-- innkeeper: no-transaction\n"
       "CREATE UNIQUE INDEX CONCURRENTLY t_a_b_key ON s.t (a, b);\n"
       "ALTER TABLE s.t ADD CONSTRAINT t_a_b_key UNIQUE USING INDEX t_a_b_key DEFERRABLE INITIALLY DEFERRED;"},
      {"ALTER TABLE s.t ADD UNIQUE (a) INCLUDE (b);", ""},
      {"ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY (a);",
       "-- innkeeper: no-transaction\n"
       "CREATE UNIQUE INDEX CONCURRENTLY pk ON s.t (a);\n"
       "ALTER TABLE s.t ADD CONSTRAINT pk PRIMARY KEY USING INDEX pk;"},
      {"ALTER TABLE s.t ADD c bigint NOT NULL DEFAULT 0 CONSTRAINT fk REFERENCES p (id) ON DELETE CASCADE DEFERRABLE "
       "CHECK (c >= 0), ADD d int;",
       "ALTER TABLE s.t ADD d int;\n"
       "ALTER TABLE s.t ADD c bigint NOT NULL DEFAULT 0 CHECK (c >= 0);\n"
       "ALTER TABLE s.t ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE DEFERRABLE NOT VALID;\n"
       "-- in a later file:\n"
       "ALTER TABLE s.t VALIDATE CONSTRAINT fk;"},
      {"ALTER TABLE s.t ADD c bigint CHECK (c > 0);",
       "ALTER TABLE s.t ADD c bigint;\n"
       "ALTER TABLE s.t ADD CONSTRAINT t_c_check CHECK (c > 0) NOT VALID;\n"
       "-- in a later file:\n"
       "ALTER TABLE s.t VALIDATE CONSTRAINT t_c_check;"},
      {"ALTER TABLE s.t ADD c text UNIQUE;",
       "-- innkeeper: no-transaction\n"
       "ALTER TABLE s.t ADD c text;\n"
       "CREATE UNIQUE INDEX CONCURRENTLY t_c_key ON s.t (c);\n"
       "ALTER TABLE s.t ADD CONSTRAINT t_c_key UNIQUE USING INDEX t_c_key;"},
      {"REINDEX INDEX s.i;",
       "-- innkeeper: no-transaction\n"
       "REINDEX INDEX CONCURRENTLY s.i;"},
      {"SET SESSION work_mem = '1GB';", "SET LOCAL work_mem = '1GB';"},
      {"REFRESH MATERIALIZED VIEW s.v WITH DATA;", "REFRESH MATERIALIZED VIEW CONCURRENTLY s.v WITH DATA;"},
      {"CREATE TABLE s.t (id bigint PRIMARY KEY, \"Name\" varchar(50));",
       "\"Name\" text CHECK (char_length(\"Name\") <= 50)"},
      {"CREATE TABLE s.t (id bigint PRIMARY KEY, a int REFERENCES s.t, \"B\" int, FOREIGN KEY (\"B\", a) REFERENCES "
       "s.u);",
       "CREATE INDEX t_a_idx ON s.t (a);"},
  };
  for (const auto& one : cases) EXPECT_EQ(first_rewrite(one.sql), one.want) << one.sql;
}

// Each statement of every rewrite that the rules' examples lead to.
TEST(lint_rewrite, can_be_parsed_and_is_not_found_again) {
  for (const auto& rule : lint_rules()) {
    for (const auto& one : test::lint_text(rule.bad)) {
      if (one.rewrite.empty() || one.rule != rule.id || rule.number == 48) continue;
      const auto split = split_sql(one.rewrite, "rewrite.sql");
      EXPECT_TRUE(split.problems.empty()) << one.rewrite;
      for (const auto& statement : split.statements) EXPECT_TRUE(sql_tree::parse(statement.text)) << statement.text;
      for (const auto& again : test::lint_text(one.rewrite)) {
        EXPECT_TRUE(again.rule != rule.id || again.level == lint_level::info) << one.rewrite;
      }
    }
  }
}

}  // namespace
}  // namespace innkeeper::migration
