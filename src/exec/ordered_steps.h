#pragma once
// Runs steps one after the other, each in a transaction of its own, and stops at the first that fails: for what has to
// happen in exactly this order. apply's executor is faster and goes on with the other services instead.
#include "exec/event.h"
#include "exec/registry.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

// How many were run. The caller holds the server's lock. Throws exec::error that names the step.
int run_in_order(const std::vector<step>& steps, const server_access& access, audit_trail& audit,
                 const event_sink& tell);

}  // namespace innkeeper::exec
