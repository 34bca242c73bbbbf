#include "core/extension_risks.h"

#include <array>

namespace innkeeper {
namespace {

struct row {
  std::string_view name;
  extension_risk risk;
};

constexpr std::string_view connects =
    "connects to this and other servers from inside, past pg_hba.conf for remote hosts";
constexpr std::string_view requests = "sends requests from the server's place in the network";
constexpr std::string_view sees_pages = "shows raw pages, rows of other roles included, to whom it is granted";

constexpr std::array rows{
    row{"dblink", {gravity::high, connects}},
    row{"file_fdw", {gravity::critical, "reads files of the server for whoever is given a server"}},
    row{"adminpack", {gravity::high, "writes and renames files of the server for whom it is granted"}},
    row{"pageinspect", {gravity::high, sees_pages}},
    row{"pg_surgery", {gravity::high, "rewrites visibility of rows for whom it is granted"}},
    row{"pg_walinspect", {gravity::high, "shows the WAL of every database to whom it is granted"}},
    row{"pg_logicalinspect", {gravity::medium, "shows what logical decoding of every database keeps"}},
    row{"pg_stat_statements",
        {gravity::medium, "counts statements of every database; it belongs in one that services can't enter"}},
    row{"pg_buffercache", {gravity::low, "shows what every database has in memory to whom it is granted"}},
    row{"pg_cron", {gravity::high, "runs statements on a schedule, in other databases too"}},
    row{"pg_background", {gravity::medium, "starts sessions that no connection limit counts"}},
    row{"http", {gravity::high, requests}},
    row{"pg_net", {gravity::high, requests}},
    row{"aws_s3", {gravity::high, "copies tables to and from buckets"}},
    row{"aws_lambda", {gravity::high, requests}},
    row{"orafce", {gravity::medium, "reads and writes files of the server and pipes between sessions"}},
    row{"pglogical", {gravity::high, "copies tables to and from other servers"}},
    row{"multicorn", {gravity::critical, "runs Python as the server for foreign tables"}},
    row{"plr", {gravity::critical, "runs R as the server"}},
    row{"plsh", {gravity::critical, "runs shell scripts as the server"}},
    row{"plpythonu", {gravity::critical, "runs Python as the server"}},
};

// Untrusted languages, and what goes with them, end in a "u" behind the name of the language.
constexpr std::array untrusted{std::string_view{"plperlu"}, std::string_view{"plpython2u"},
                               std::string_view{"plpython3u"}, std::string_view{"pltclu"}, std::string_view{"pljavau"}};

}  // namespace

extension_risk risk_of_extension(std::string_view name) {
  for (const auto& one : rows) {
    if (one.name == name) return one.risk;
  }
  for (const auto language : untrusted) {
    if (name == language) return {gravity::critical, "lets superusers write functions that run as the server"};
  }
  if (name.ends_with("_fdw")) return {gravity::high, connects};
  return {};
}

}  // namespace innkeeper
