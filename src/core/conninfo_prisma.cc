#include "core/conninfo_prisma.h"

#include <fmt/format.h>

#include "core/conninfo_dialects.h"

namespace innkeeper {
namespace {

using namespace conninfo_dialects;

const std::vector<setting_name>& prismas_names() {
  static const std::vector<setting_name> names{{"sslmode", "sslmode"},
                                               {"sslrootcert", "sslcert"},
                                               {"connect_timeout", "connect_timeout"},
                                               {"options", "options"}};
  return names;
}

// Its words are disable, prefer and require; whether certificates are checked is another setting, and then the name is
// checked, too.
void add_sslmode(url_query& query, std::string_view mode) {
  if (mode == "allow")
    throw inexpressible{"Prisma has no sslmode allow: it must be disable, prefer, require or a verify mode"};
  const bool is_checked = mode.starts_with("verify-");
  query.add("sslmode", is_checked ? "require" : mode);
  if (is_checked) query.add("sslaccept", "strict");
}

std::string prisma_text(const conninfo& one, std::string_view schema, std::vector<std::string>& left_out) {
  if (one.endpoints.size() > 1) throw inexpressible{"Prisma takes one host only"};
  const auto at = one.endpoints.empty() ? endpoint{"localhost"} : one.endpoints.front();
  const bool is_socket = is_socket_directory(at.host);
  const std::string port = at.port == 0 ? "" : fmt::format(":{}", at.port);
  url_query query;
  query.add("schema", schema);
  if (is_socket) query.add("host", at.host);
  for (const auto& [name, value] : in_drivers_names(one, prismas_names(), "Prisma", left_out)) {
    if (name == "sslmode") {
      add_sslmode(query, value);
    } else {
      query.add(name, value);
    }
  }
  if (one.pools_transactions) query.add("pgbouncer", "true");
  return fmt::format("postgresql://{}{}{}/{}{}", userinfo_text(one), is_socket ? "localhost" : bracketed(at.host), port,
                     percent_encoded(one.database.value), query.text());
}

}  // namespace

printed_conninfo print_prisma(const conninfo& one, std::string_view schema) {
  printed_conninfo outcome;
  try {
    refuse_inexpressible(one);
    std::vector<std::string> left_out;
    outcome.text = secret{prisma_text(one, schema, left_out)};
    outcome.left_out = std::move(left_out);
  } catch (inexpressible& failure) {
    outcome.problem = std::move(failure.problem);
  }
  return outcome;
}

}  // namespace innkeeper
