#include <fmt/format.h>

#include "cli/apply_options.h"
#include "cli/commands.h"
#include "cli/log_options.h"
#include "cli/migrate_options.h"
#include "cli/migrate_view.h"
#include "cli/progress.h"
#include "cli/run_metrics.h"
#include "cli/status.h"
#include "cli/verify.h"
#include "cli/verify_view.h"
#include "core/matrix_text.h"
#include "embedded/help_pages.h"
#include "exec/embedded_server.h"
#include "exec/manifest_loader.h"
#include "exec/password_source.h"

namespace innkeeper::cli {
namespace {

std::optional<secret> declared_password(const server_declaration& server) {
  auto search = exec::search_password(exec::on_this_machine(server.admin.passwords));
  if (!search.found) return std::nullopt;
  return std::move(search.found->value);
}

// As if the manifest said it; that TLS is on is remembered beside the server's data.
void switch_tls_on(estate& all) {
  bool has_any = false;
  for (auto& server : all.servers) {
    if (server.url) continue;
    if (server.embedded.tls == false) {
      throw refused{exit_code::usage, fmt::format("the manifest says that server \"{}\" has no TLS", server.name),
                    "Say embedded: {tls: true} there, or leave it out.", to_string(server.where)};
    }
    server.embedded.tls = has_any = true;
  }
  if (has_any) return;
  throw refused{exit_code::usage, "the estate has no server of its own, whose TLS --tls could switch on",
                "A server with a url has its own certificates: say sslmode and sslrootcert in the url."};
}

std::vector<failure_report> start_servers(const opened_estate& opened, console& out) {
  const auto tell = progress_on(out);
  return for_each_server(opened, [&](const server_declaration& server) {
    if (!server.url) (void)exec::start_embedded(opened.all, server, declared_password(server), tell);
  });
}

struct outcome {
  apply_result applied;
  exec::estate_run schemas;
  estate_proof proof;
  estate_status status;

  [[nodiscard]] exit_code code() const {
    exit_code worst = worst_of(worst_of(code_of(applied), schemas.code()), proof.code());
    for (const auto& one : status.failures) worst = worst_of(worst, one.code);
    return worst;
  }
};

exec::estate_run bring_schemas_up(const opened_estate& opened, const exec::migrate_options& options, console& out) {
  const auto tell = progress_on(out);
  auto run = exec::run_on_estate(opened.all, {.services = opened.services}, [&](const exec::migration_target& target) {
    return exec::migrate_up(target, options, tell);
  });
  show_trouble(run, out);
  show_findings(run, out);
  return run;
}

outcome bring_up(const opened_estate& opened, const exec::apply_options& options,
                 const exec::migrate_options& migrations, console& out) {
  outcome all;
  all.applied = apply_estate(opened, options, out);
  // Where a server could not be reached there is nothing to look at, and its failure has been shown.
  if (!all.applied.failures.empty()) return all;
  all.schemas = bring_schemas_up(opened, migrations, out);
  exec::verify_options verify;
  verify.policy.services = opened.services;
  verify.how = options.how;
  all.proof = verify_estate(opened, verify, out);
  all.status = read_estate_status(opened, options.how);
  for (const auto& one : all.proof.failures) out.show(one.problems);
  for (const auto& one : all.status.failures) out.show(one.problems);
  return all;
}

std::string connect_lines(const estate& all) {
  if (all.services.empty()) return {};
  const std::string& name = all.services.front().name;
  return fmt::format(
      "\nconnect: innkeeper psql {0}\n"
      "     or: psql \"$(innkeeper secret show {0} --as uri)\"\n",
      name);
}

std::string to_text(const opened_estate& opened, const outcome& all, const console_settings& settings) {
  const text_style style{.width = settings.width, .colored = settings.colored_results};
  std::string text = apply_to_text(all.applied, settings.colored_results);
  if (!all.schemas.reports.empty()) text += schemas_summary(all.schemas);
  for (const auto& one : all.proof.reports) text += findings_text(one, style) + verdict_line(one, style) + "\n";
  while (text.ends_with("\n\n")) text.pop_back();
  text += "\n" + status_to_text({.all = opened.all, .servers = all.status.servers, .services = opened.services},
                                settings.colored_results);
  return text + connect_lines(opened.all);
}

json to_document(const opened_estate& opened, const outcome& all) {
  json document = apply_to_json(all.applied);
  document["estate"] = opened.all.name;
  document["schemas"] = schemas_to_json(all.schemas);
  document["verify"] = proofs_to_json(opened.all.name, all.proof.reports);
  document["status"] = status_to_json({.all = opened.all, .servers = all.status.servers, .services = opened.services});
  return document;
}

exit_code go_up(const arguments& given, console& out, run_metrics& metrics) {
  exec::apply_options options = parse_apply_options(given);
  auto opened = open_estate(given, out);
  if (given.has("--tls")) switch_tls_on(opened.all);
  metrics.is_about(opened);
  options.policy.services = opened.services;
  const auto failures = start_servers(opened, out);
  exec::remember_manifest(opened.file);
  if (!failures.empty()) {
    exit_code code = exit_code::ok;
    for (const auto& one : failures) {
      show(one, out);
      code = worst_of(code, one.code);
    }
    return code;
  }
  const auto all = bring_up(opened, options, parse_migrate_options(given), out);
  metrics.add(opened, all.applied);
  if (all.applied.failures.empty()) metrics.add_all(all.schemas);
  out.print_json(to_document(opened, all));
  if (all.applied.failures.empty()) out.print(to_text(opened, all, out.settings()));
  if (all.code() == exit_code::ok) out.tell("next: innkeeper verify --prove");
  return all.code();
}

exit_code run(const arguments& given, console& out) {
  return with_metrics(given, "up", out, [&](auto& metrics) { return go_up(given, out, metrics); });
}

std::vector<option> up_rows() {
  auto rows = apply_option_rows();
  rows.push_back({"--tls", "", option_kind::flag, "", "give the estate's own servers TLS; stays on from then on"});
  rows.push_back({"--allow", "", option_kind::values, "RULE…", "run schema files in spite of what the linter says"});
  rows.push_back(metrics_file_row());
  rows.push_back(json_log_row());
  return rows;
}

}  // namespace

command up_command() {
  return {.name = "up",
          .summary = "start the estate's own servers, apply, run schema files, verify, say how to connect",
          .page = help_pages::up_md,
          .word = {.placeholder = "ESTATE"},
          .options = up_rows(),
          .counters = {"applied", "failed", "unchanged", "steps"},
          .run = run};
}

}  // namespace innkeeper::cli
