#include "pg/own_role.h"

#include <fmt/format.h>

#include "embedded/catalog_sql.h"

namespace innkeeper::pg {

void check_own_role(const std::string& current, const std::string& admin, const std::string& database) {
  if (current == admin) return;
  throw error{
      {.sqlstate = "0A000",
       .primary = fmt::format("the session of \"{}\" in database \"{}\" works as \"{}\"", admin, database, current),
       .detail = "something there, such as a log-in trigger, sets the role",
       .hint = "Look there: SELECT evtname, evtowner::regrole FROM pg_event_trigger WHERE evtevent = 'login'."}};
}

void check_own_role(const result& answer) {
  check_own_role(answer.text(0, 0), answer.text(0, 1), answer.text(0, 2));
}

void require_own_role(connection& session) {
  check_own_role(session.query(catalog_sql::own_role_sql));
}

}  // namespace innkeeper::pg
