#include "cli/verify_view.h"

#include "cli/looks_view.h"
#include "cli/plan_view.h"
#include "core/acceptance.h"
#include "core/limits.h"
#include "core/matrix_text.h"
#include "core/proof_record.h"

namespace innkeeper::cli {
namespace {

json finding_to_json(const finding& one, const std::string& server) {
  json accepted = nullptr;
  if (one.accepted) {
    accepted = {{"reason", one.accepted->reason},
                {"until", date_text(one.accepted->until)},
                {"file", one.accepted->where.file},
                {"line", one.accepted->where.line}};
  }
  return {{"server", server},
          {"probe", one.probe},
          {"verdict", to_string(one.says)},
          {"gravity", to_string(one.how_bad)},
          {"service", one.service},
          {"log_in", one.log_in.value},
          {"database", one.database.value},
          {"text", one.text},
          {"detail", one.detail},
          {"statement", one.statement},
          {"file", one.where.file},
          {"line", one.where.line},
          {"accepted", accepted}};
}

json matrix_to_json(const access_matrix& matrix) {
  json object{{"databases", json::array()}, {"rows", json::array()}};
  for (const auto& one : matrix.columns) object["databases"].push_back(one.value);
  for (const auto& row : matrix.rows) {
    json cells = json::array();
    for (const auto cell : row.cells) cells.push_back(to_string(cell));
    object["rows"].push_back({{"log_in", row.log_in.value}, {"services", row.services}, {"cells", cells}});
  }
  return object;
}

json server_to_json(const proof_report& one) {
  json tallies = json::array();
  for (const auto& row : one.tallies) {
    tallies.push_back({{"probe", row.id},
                       {"title", row.title},
                       {"checks", row.checks},
                       {"leaks", row.leaks},
                       {"failed", row.failed},
                       {"unprovable", row.unprovable}});
  }
  json tries = json::array();
  for (const auto& row : one.tries) tries.push_back({{"log_in", row.log_in.value}, {"doors", row.doors}});
  json off = json::array();
  for (const auto& item : one.off) {
    off.push_back({{"item", item.item},
                   {"service", item.service},
                   {"reason", item.reason},
                   {"file", item.where.file},
                   {"line", item.where.line}});
  }
  return {{"name", one.server},
          {"version_num", one.version_num},
          {"system_identifier", one.system_identifier},
          {"roles", one.roles},
          {"databases", one.databases},
          {"switched_off", off},
          {"services", one.services},
          {"tried", one.tried},
          {"doors", one.doors},
          {"doors_tried", one.doors_tried},
          {"tries", tries},
          {"sharing", one.sharing},
          {"probes", tallies},
          {"matrix", matrix_to_json(one.matrix)}};
}

// What no proof of isolation can promise on a shared server.
json limits_to_json() {
  json all = json::array();
  for (const auto& one : limits_of_postgresql()) {
    all.push_back({{"id", one.id}, {"what", one.what}, {"helps", one.helps}});
  }
  return all;
}

}  // namespace

json proofs_to_json(const std::string& estate_name, const std::vector<proof_report>& reports) {
  int probes = 0;
  int leaks = 0;
  int failed = 0;
  int unprovable = 0;
  int drift = 0;
  int accepted = 0;
  json servers = json::array();
  json findings = json::array();
  json preflight = json::array();
  for (const auto& one : reports) {
    probes += one.probes;
    leaks += one.leaks;
    failed += one.failed;
    unprovable += one.unprovable;
    drift += one.drift;
    accepted += one.accepted;
    servers.push_back(server_to_json(one));
    for (auto& right : preflight_to_json(one.server, one.preflight)) preflight.push_back(std::move(right));
    for (const auto& found : one.findings) findings.push_back(finding_to_json(found, one.server));
  }
  json document{{"estate", estate_name}, {"probe_list", probe_list_version()},
                {"probes", probes},      {"leaks", leaks},
                {"failed", failed},      {"unprovable", unprovable},
                {"drift", drift},        {"accepted", accepted},
                {"findings", findings},  {"servers", servers},
                {"preflight", preflight}};
  if (!reports.empty()) document["limits"] = limits_to_json();
  std::vector<look_summary> looks;
  for (const auto& one : reports) looks.push_back(one.looks);
  add_looks(document, looks);
  return document;
}

exit_code code_of(const std::vector<proof_report>& reports) {
  exit_code worst = exit_code::ok;
  for (const auto& one : reports) worst = worst_of(worst, one.code());
  return worst;
}

}  // namespace innkeeper::cli
