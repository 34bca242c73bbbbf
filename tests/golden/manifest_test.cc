// A directory per case: innkeeper.yaml and what it includes, `environment` with NAME=VALUE lines where the case needs
// some, and error.txt or estate.txt with what comes of it. ACCEPT=1 writes the outputs anew, and fails.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "core/broker.h"
#include "core/manifest_parser.h"
#include "core/naming.h"

namespace innkeeper {
namespace {

namespace fs = std::filesystem;

const fs::path cases = fs::path{INNKEEPER_SOURCE_DIR} / "tests" / "golden" / "manifest";

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream{file, std::ios::binary}.rdbuf();
  return text.str();
}

environment_lookup read_environment(const fs::path& file) {
  std::map<std::string, std::string> set;
  std::istringstream lines{read(file)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t sign = line.find('=');
    if (sign != std::string::npos) set[line.substr(0, sign)] = line.substr(sign + 1);
  }
  return [set](std::string_view name) -> std::optional<std::string> {
    const auto found = set.find(std::string{name});
    return found == set.end() ? std::nullopt : std::optional{found->second};
  };
}

// Places and paths as if every case lay in /estate.
manifest_source source_of(const fs::path& directory, const fs::path& file) {
  const fs::path shown = file.lexically_relative(directory);
  return {shown.string(), fs::path{"/estate"} / shown.parent_path(), read(file)};
}

include_resolver resolver_of(const fs::path& directory) {
  return [directory](std::string_view pattern, const fs::path& from) {
    included_sources found;
    const std::string full = (from / pattern).lexically_normal().lexically_relative("/estate").string();
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator{directory}) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& file : files) {
      const std::string name = file.lexically_relative(directory).string();
      if (fs::is_regular_file(file) && fnmatch(full.c_str(), name.c_str(), FNM_PATHNAME) == 0) {
        found.sources.push_back(source_of(directory, file));
      }
    }
    if (found.sources.empty() && pattern.find('*') == std::string_view::npos) {
      found.problem = fmt::format("file \"{}\" does not exist", full);
    }
    return found;
  };
}

std::string mark(bool inferred) {
  return inferred ? " (inferred)" : "";
}

std::string reason_of(const auto& item) {
  return fmt::format("{} [{}]", item.reason.empty() ? "" : " because " + item.reason, to_string(item.where));
}

// Only what somebody spelled.
std::string summary_of(const hardening_rules& rules) {
  std::string text;
  const auto say = [&](std::string_view name, const auto& item, const std::string& value) {
    if (item.is_spelled()) text += fmt::format("  {} {}{}\n", name, value, reason_of(item));
  };
  const auto limit = [](const auto& item) { return item.value.empty() ? std::string{"off"} : item.value; };
  const auto access = [](const auto& item) {
    return std::string{item.value == function_access::open ? "open" : "closed"};
  };
  say("temp_file_limit", rules.temp_file_limit, limit(rules.temp_file_limit));
  say("idle", rules.idle_in_transaction_session_timeout, limit(rules.idle_in_transaction_session_timeout));
  say("wal_messages", rules.wal_messages, access(rules.wal_messages));
  say("advisory_locks", rules.advisory_locks, access(rules.advisory_locks));
  say("large_objects", rules.large_objects, access(rules.large_objects));
  say("scram", rules.scram, fmt::to_string(rules.scram.value));
  say("reserved_connections", rules.reserved_connections, fmt::to_string(rules.reserved_connections.value));
  say("tls", rules.tls, fmt::to_string(static_cast<int>(rules.tls.value)));
  say("pg_hba", rules.pg_hba, fmt::to_string(static_cast<int>(rules.pg_hba.value)));
  return text;
}

std::string summary_of(const accepted_finding& one) {
  const auto until = one.until;
  return fmt::format("accept {} {} service \"{}\" server \"{}\" until {:04}-{:02}-{:02} because {} [{}]\n", one.probe,
                     fmt::join(one.targets, "+"), one.service, one.server, static_cast<int>(until.year()),
                     static_cast<unsigned>(until.month()), static_cast<unsigned>(until.day()), one.reason,
                     to_string(one.where));
}

std::string summary_of(const endpoint_declaration& one) {
  std::string text = fmt::format("  endpoint {} at {}:{}", one.name, one.address.host, one.address.port);
  if (!one.sslmode.empty()) text += fmt::format(" sslmode {}", one.sslmode);
  if (!one.root_certificates.empty()) text += fmt::format(" roots {}", one.root_certificates.string());
  if (one.pooler && !one.pooler->is_ours) text += ", a pooler of others";
  if (one.pooler && one.pooler->is_ours) {
    text += fmt::format(", pooler {} by {} as {} in {}",
                        one.pooler->mode == pool_mode::transaction ? "of transactions" : "of sessions",
                        one.pooler->authentication == pooler_authentication::query ? "query" : "userlist",
                        one.pooler->user, one.pooler->directory.string());
  }
  return text + fmt::format(" [{}]\n", to_string(one.where));
}

std::string summary_of(const server_declaration& one) {
  std::string text = fmt::format("server {} [{}]\n", one.name, to_string(one.where));
  if (one.url) {
    for (const auto& endpoint : one.url->endpoints) text += fmt::format("  at {}:{}\n", endpoint.host, endpoint.port);
  } else {
    text += fmt::format("  embedded {} port {} major {} {} {}\n", one.embedded.data.string(), one.embedded.port,
                        one.embedded.major, one.embedded.encoding, one.embedded.locale);
    if (one.embedded.tls) text += fmt::format("  tls {}\n", *one.embedded.tls);
  }
  for (const auto& way : one.endpoints) text += summary_of(way);
  text += fmt::format("  admin {}{}, {} password sources\n", one.admin.user.value, mark(one.admin.user.inferred),
                      one.admin.passwords.size());
  for (const auto& source : one.admin.passwords)
    text += fmt::format("    {} [{}]\n", source.name, to_string(source.where));
  if (one.admin.bootstrap) {
    text += fmt::format("  bootstrap {} superuser {}\n", one.admin.bootstrap->user, one.admin.bootstrap->superuser);
  }
  text += fmt::format("  wait {} tries, {} to {} ms, {} ms each\n", one.wait.max_retries,
                      one.wait.initial_delay.count(), one.wait.max_delay.count(), one.wait.timeout.count());
  for (const auto& [name, value] : one.settings)
    text += fmt::format("  set {} = {} [{}]\n", name, value.value, to_string(value.where));
  return text + summary_of(one.hardening);
}

std::string summary_of(const estate& all, const service_declaration& one) {
  std::string text = fmt::format("service {} [{}]\n", one.name, to_string(one.where));
  if (!one.app.empty()) text += fmt::format("  app {}\n", one.app);
  text += fmt::format("  server {}\n", one.server);
  text += fmt::format("  database {}{}\n", one.database.value, mark(one.database.inferred));
  text += fmt::format("  schema {}{}\n", one.schema.value, mark(one.schema.inferred));
  if (!one.prefix.value.empty()) text += fmt::format("  prefix {}\n", one.prefix.value);
  text += fmt::format("  user {}{}\n", one.user.value, mark(one.user.inferred));
  text += fmt::format("  group roles {}_owner, _rw, _ro\n", role_base(schema_census{all}, one));
  text += fmt::format("  {}, starts as {}, {}\n", one.access == access_mode::owner ? "owner" : "readwrite",
                      one.starts_as == starting_role::owner ? "owner" : "self",
                      one.mode == management_mode::enforce ? "enforce"
                      : one.mode == management_mode::adopt ? "adopt"
                                                           : "observe");
  text += fmt::format("  connections {}{}\n", one.connections.value, mark(one.connections.inferred));
  if (one.authentication == authentication_kind::certificate) text += "  shows a certificate\n";
  if (!one.via.empty()) text += fmt::format("  via {}\n", one.via);
  if (one.may_create_schemas) text += "  may create schemas\n";
  for (const auto& extension : one.extensions) {
    text +=
        fmt::format("  extension {}{}{}\n", extension.name, extension.version.empty() ? "" : " " + extension.version,
                    extension.optional ? " (optional)" : "");
  }
  for (const auto& reader : one.readers) text += fmt::format("  reader {}\n", reader.value);
  for (const auto& [name, value] : one.settings)
    text += fmt::format("  set {} = {} [{}]\n", name, value.value, to_string(value.where));
  if (one.pool)
    text += fmt::format("  pool {} x {} [{}]\n", one.pool->size, one.pool->replicas, to_string(one.pool->where));
  if (one.uses_redis) text += "  uses Redis\n";
  if (one.uses_rabbitmq) text += "  uses RabbitMQ\n";
  if (one.managed_by == secret_manager::external) text += "  password made by another manager\n";
  for (const auto& sink : one.secrets) {
    text += fmt::format("  secret {}{} at {} [{}]\n", name_of(sink),
                        sink.managed_by == secret_manager::external ? " (external)" : "", sink.place,
                        to_string(sink.where));
    for (const auto& key : sink.keys)
      text += fmt::format("    {} = {} [{}]\n", key.name, key.content.written, to_string(key.where));
  }
  text += summary_of(one.hardening);
  if (one.rotation.where.line > 0) {
    text += fmt::format("  rotation {} [{}]\n", to_string(one.rotation.mode), to_string(one.rotation.where));
  }
  for (const auto& workload : one.rotation.restart) {
    text += fmt::format("  restart {} [{}]\n", to_string(workload), to_string(workload.where));
  }
  if (!one.schema_files.empty()) text += fmt::format("  schema files {}\n", one.schema_files.string());
  if (const auto& how = one.migrations; how != migration_declaration{}) {
    text += fmt::format("  migrations {}, locks {} ms, statements {} ms, {} tries{}{}\n",
                        how.format.empty() ? "of any format" : how.format, how.lock_timeout.count(),
                        how.statement_timeout.count(), how.retries, how.out_of_order ? ", in any order" : "",
                        how.starts_degraded ? ", may start degraded" : "");
  }
  return text;
}

std::string summary_of(const estate& all) {
  std::string text =
      fmt::format("estate {} [{}]\nsecrets {}\n", all.name, to_string(all.where), all.secrets_directory.string());
  for (const auto* broker : {&all.redis, &all.rabbitmq}) {
    if (*broker) text += fmt::format("{} [{}]\n", to_string((*broker)->address), to_string((*broker)->where));
  }
  for (const auto& server : all.servers) text += summary_of(server);
  for (const auto& service : all.services) text += summary_of(all, service);
  for (const auto& one : all.accepted) text += summary_of(one);
  for (const auto& one : all.unmanaged) text += fmt::format("! {} [{}]\n", one.path, to_string(one.where));
  return text;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{cases}) names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

void expect_file(const fs::path& file, const std::string& found) {
  const std::string wanted = read(file);
  if (wanted == found) return;
  if (std::getenv("ACCEPT") != nullptr) {
    if (found.empty()) {
      fs::remove(file);
    } else {
      std::ofstream{file, std::ios::binary} << found;
    }
  }
  ADD_FAILURE() << file << " says\n" << wanted << "and found was\n" << found;
}

class golden_manifest : public testing::TestWithParam<std::string> {};

TEST_P(golden_manifest, comes_out_as_written_down) {
  const fs::path directory = cases / GetParam();
  const manifest_result parsed = parse_manifest(source_of(directory, directory / "innkeeper.yaml"),
                                                resolver_of(directory), read_environment(directory / "environment"));
  std::string errors;
  for (const auto& one : parsed.problems) errors += to_string(one);
  expect_file(directory / "error.txt", errors);
  expect_file(directory / "estate.txt", has_errors(parsed.problems) ? "" : summary_of(parsed.value));
}

INSTANTIATE_TEST_SUITE_P(cases, golden_manifest, testing::ValuesIn(case_names()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace innkeeper
