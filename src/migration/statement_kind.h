#pragma once
// What a runner has to know of a statement: whether it may stand in a transaction, whether it ends one, and which index
// it builds without blocking. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/sql_split.h"
#include "migration/sql_tree.h"

namespace innkeeper::migration {

enum class statement_kind {
  plain,
  begins,      // BEGIN, START TRANSACTION
  commits,     // COMMIT, END
  rolls_back,  // ROLLBACK, ABORT
  outside,     // only outside a transaction: CONCURRENTLY, VACUUM, …
  may_commit,  // CALL, and a DO with COMMIT or CALL in it: those work only outside a transaction
};

// CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY, REINDEX … CONCURRENTLY: what a cut-off run leaves has to be
// mended.
enum class index_work { builds, drops, rebuilds };
struct concurrent_index {
  index_work what = index_work::builds;
  std::string name;     // as to_regclass() takes it; "" where the server chooses, or where it is no single index
  std::string columns;  // of a build on plain columns: "user_id,created_at", quoted where needed; else ""
  bool is_unique = false;

  friend bool operator==(const concurrent_index&, const concurrent_index&) = default;
};

struct statement_traits {
  statement_kind kind = statement_kind::plain;
  std::optional<concurrent_index> index;
  bool is_setting = false;  // SET and RESET, for the rest of the session
};
// By the parser; where its grammar is too old, by the first words.
[[nodiscard]] statement_traits traits_of(std::string_view statement);
// Begins or ends a transaction. Parses only where the first word may say so; the statement begins with it.
[[nodiscard]] bool controls_transaction(std::string_view statement);

// Statements of a file outside a transaction that go together: one, or a BEGIN … COMMIT of its own.
struct statement_unit {
  std::size_t first = 0;
  std::size_t count = 1;
  statement_traits traits;           // of the only one; of a block: plain
  bool has_own_transaction = false;  // the first is BEGIN and the last COMMIT
};
[[nodiscard]] std::vector<statement_unit> units_of(const std::vector<sql_statement>& statements);

// Things that a file declares IF NOT EXISTS, as JSON for the queries that look whether they took effect (pg's
// declared_columns.sql, declared_indexes.sql); "" for none.
struct declared_objects {
  std::string columns;
  std::string indexes;
};
[[nodiscard]] declared_objects declared_in(const std::vector<sql_statement>& statements);

}  // namespace innkeeper::migration
