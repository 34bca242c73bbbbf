#pragma once
// Notes in the registry which insides were seen in step, for quick plans (core/quick.h).
#include "core/quick.h"
#include "exec/event.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

// One transaction, and none where nothing changed. A failure is told as a note: remembering must not stop the work.
void note_looks(const server_access& access, const look_changes& changes, const event_sink& tell);

}  // namespace innkeeper::exec
