#pragma once
// What a script says of transactions by its statements. Pure.
#include "migration/directory.h"

namespace innkeeper::migration {

// Takes BEGIN … COMMIT off, where that is all the transaction control that there is.
void take_off_transaction(script& made, bool may_roll_back = false);

// CREATE INDEX CONCURRENTLY, VACUUM and their like, which fail in a transaction block.
[[nodiscard]] bool runs_outside_transaction(const sql_statement& one);

}  // namespace innkeeper::migration
