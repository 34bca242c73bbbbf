#pragma once
// Says what a database holds, so that a copy can be compared with it: objects by name and kind, and of each table,
// sequence and of the large objects the rows and a checksum. Runs nothing that a service wrote: values are printed by
// their types' own output functions, as COPY does, and generated columns are left out.
#include <cstdint>
#include <string>
#include <vector>

#include "core/name.h"
#include "pg/connection.h"

namespace innkeeper::pg {

struct data_check {
  std::string name;  // "public.orders", quoted where it needs to be; "large objects"
  std::int64_t rows = 0;
  std::string checksum;

  friend bool operator==(const data_check&, const data_check&) = default;
};

struct database_check {
  std::vector<std::string> objects;  // one line each, sorted
  std::vector<data_check> data;

  friend bool operator==(const database_check&, const database_check&) = default;
};

// Of one schema; empty: of all but extensions' and the system's. `as` is a role to look as; empty: the session's own.
[[nodiscard]] database_check check_database(connection& inside, const schema_name& schema, const role_name& as);

// What a schema's objects are and how they are defined, a line each, sorted: two looks at the same database, with
// something run in between, differ in what that left. Of all schemas but extensions' and Innkeeper's own.
[[nodiscard]] std::vector<std::string> schema_lines(connection& inside);

// ENCODING, LOCALE and their like, as CREATE DATABASE takes them, to make one like it.
[[nodiscard]] std::string creation_options(connection& maintenance, const database_name& database);

}  // namespace innkeeper::pg
