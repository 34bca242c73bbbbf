#pragma once
// SIGINT and SIGTERM end the process in order: a last word on standard error, the one JSON document, 128 + signal.
// Cutting a run off is safe at any point; the next run completes it. Start it before any other thread, so that all
// threads leave these signals to its own.
#include "cli/console.h"

namespace innkeeper::cli {

// The console must outlive the process's work.
void end_in_order_when_interrupted(console& out);

// For a program that takes this process's place (psql): signals as they were.
void restore_signals();

}  // namespace innkeeper::cli
