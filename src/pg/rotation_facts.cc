#include "pg/rotation_facts.h"

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {
namespace {

server_time moment_of(const std::string& milliseconds) {
  return server_time{std::chrono::milliseconds{std::stoll(milliseconds)}};
}

}  // namespace

password_times observe_password_times(connection& registry) {
  const auto rows = registry.query(catalog_sql::password_times_sql);
  password_times known{.now = moment_of(rows.text(0, 0)), .since = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows.is_null(i, 1)) known.since[{rows.text(i, 1)}] = moment_of(rows.text(i, 2));
  }
  return known;
}

drain_look observe_sessions_of(connection& session, const role_name& role) {
  const auto rows = session.query_with(catalog_sql::role_sessions_sql, {role.value});
  drain_look look{.now = moment_of(rows.text(0, 0)), .sessions = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.is_null(i, 1)) continue;
    former_session one{.pid = std::stoi(rows.text(i, 1)),
                       .database = {rows.text(i, 2)},
                       .application = rows.text(i, 3),
                       .address = rows.text(i, 4),
                       .began = std::nullopt};
    if (!rows.is_null(i, 5)) one.began = moment_of(rows.text(i, 5));
    look.sessions.push_back(std::move(one));
  }
  return look;
}

}  // namespace innkeeper::pg
