#pragma once
// The readers of the nine layouts, one function each, and how their files are told apart. Each has its tool's rules as
// its documentation and its source have them; what a tool would ignore in silence is a warning here. Pure.
#include <optional>
#include <string_view>

#include "migration/reading.h"

namespace innkeeper::migration {

// The files are those of the layout; hidden ones, documents and other tools' are taken out before.
void read_innkeeper(const files_view& files, reading& into);
void read_flyway(const files_view& files, reading& into);
void read_golang_migrate(const files_view& files, reading& into);
void read_dbmate(const files_view& files, reading& into);
void read_goose(const files_view& files, reading& into);
void read_sqlx(const files_view& files, reading& into);
void read_diesel(const files_view& files, reading& into);
void read_node_pg_migrate(const files_view& files, reading& into);
void read_sqitch(const files_view& files, reading& into);

// `extensions` and the folders of the phases; returns the files that are none of these.
[[nodiscard]] files_view read_phases(const files_view& files, reading& into);
[[nodiscard]] bool is_phase_file(std::string_view name);

// The tool whose file this must be, by a name or a mark that no other has; names that several have tell nothing.
[[nodiscard]] std::optional<layout> tool_of(std::string_view name, std::string_view text);
// Could a file of this name be a migration of some layout?
[[nodiscard]] bool looks_like_migration(std::string_view name);

// The marks of sections, by the tools that have them.
[[nodiscard]] std::optional<marked_half> innkeeper_mark(std::string_view line);
[[nodiscard]] std::optional<marked_half> dbmate_mark(std::string_view line);
[[nodiscard]] std::optional<marked_half> goose_mark(std::string_view line);
[[nodiscard]] std::optional<marked_half> node_pg_migrate_mark(std::string_view line);

}  // namespace innkeeper::migration
