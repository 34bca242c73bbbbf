#pragma once
// PgBouncer's files on disk: rendered from the manifest and the secrets directory, 0600 since one of them holds
// secrets.
#include <filesystem>
#include <string>
#include <vector>

#include "core/pgbouncer.h"
#include "exec/server_access.h"

namespace innkeeper::exec {

// Throws exec::error: 65 for what PgBouncer can't say and for a password that is missing ("run innkeeper apply").
[[nodiscard]] pgbouncer_files render_pooler(const estate& all, const server_access& access,
                                            const endpoint_declaration& way);

// Replaces pgbouncer.ini and userlist.txt there, and makes the folder. As root, they get its owner: PgBouncer refuses
// to run as root. True where that changed something.
bool write_pooler_files(const pgbouncer_files& files, const std::filesystem::path& folder);

}  // namespace innkeeper::exec
