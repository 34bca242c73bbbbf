#pragma once
// The executor's events as lines on standard error: one that changes at a terminal, plain ones elsewhere.
#include "cli/console.h"
#include "exec/event.h"

namespace innkeeper::cli {

// Borrows the console.
[[nodiscard]] exec::event_sink progress_on(console& out);

}  // namespace innkeeper::cli
