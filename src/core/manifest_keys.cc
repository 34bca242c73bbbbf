#include "core/manifest_keys.h"

#include <algorithm>
#include <array>

#include "core/manifest_shapes.h"

namespace innkeeper {
namespace {

using namespace shapes;

constexpr bool later = false;  // is_managed: parsed and valid, but this version does not act on it
constexpr long max_port = 65535;
constexpr long max_connections = 262143;  // PostgreSQL's own upper end of max_connections

const value_shape* settings() {
  static const value_shape* shape = named(scalar(value_kind::setting_value), value_kind::text);
  return shape;
}

const value_shape* passwords() {
  static const key_table keys{
      .title = "password_source",
      .keys = {{"env", scalar(value_kind::environment_name), "", "An environment variable that holds it."},
               {"file", scalar(value_kind::path), "",
                "A file that holds it; one line break at its end is not part of it."},
               {"kubernetes", scalar(value_kind::kubernetes_key), "", "A Kubernetes Secret, as NAMESPACE/SECRET/KEY."}},
      .exactly_one_of = {"env", "file", "kubernetes"}};
  static const value_shape* shape = one_or_list_of(record(keys));
  return shape;
}

const value_shape* access() {
  static const value_shape* shape = choice({"owner", "readwrite"});
  return shape;
}
const value_shape* starts_as() {
  static const value_shape* shape = choice({"owner", "self"});
  return shape;
}
const value_shape* mode() {
  static const value_shape* shape = choice({"enforce", "adopt", "observe"});
  return shape;
}
const value_shape* rotation() {
  static const value_shape* shape = choice({"overlap", "in-place", "off"});
  return shape;
}
const value_shape* connections() {
  static const value_shape* shape = integer(1, max_connections);
  return shape;
}

const value_shape* timeouts() {
  // PostgreSQL keeps them as milliseconds in an int.
  static const value_shape* timeout = keep({.kind = value_kind::duration, .most = 2'147'483'647});
  static const key_table keys{
      .title = "timeouts",
      .keys = {{"statement", timeout, "none", "The setting statement_timeout."},
               {"idle_in_transaction", timeout, "none", "The setting idle_in_transaction_session_timeout."},
               {"lock", timeout, "none", "The setting lock_timeout."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* extensions() {
  static const key_table keys{
      .title = "extension",
      .keys = {{"name", scalar(value_kind::extension), "", "Its name in pg_available_extensions.", true, true},
               {"version", scalar(value_kind::text), "the server's default", "The version to create."},
               {"optional", scalar(value_kind::boolean), "false", "true: a server without it is no failure."}}};
  static const value_shape* shape = list_of(record_or(scalar(value_kind::extension), keys));
  return shape;
}

const value_shape* embedded() {
  static const key_table keys{
      .title = "embedded",
      .keys = {{"data", scalar(value_kind::path), ".innkeeper/SERVER", "Where its data and state live."},
               {"port", integer(1, max_port), "chosen free once, and remembered", "Its TCP port on 127.0.0.1."},
               {"major", integer(13, 99), "the newest installed", "The major version of PostgreSQL."},
               {"version", integer(13, 99), "", "The same as major."},
               {"encoding", scalar(value_kind::text), "UTF8", "initdb's --encoding."},
               {"locale", scalar(value_kind::text), "C.UTF-8", "initdb's --locale."},
               {"tls", scalar(value_kind::boolean), "as it is; off at first",
                "Whether it has TLS, with certificates of its own."}},
      .at_most_one_of = {"major", "version"}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* admin() {
  static const key_table bootstrap{
      .title = "bootstrap",
      .keys = {{"user", scalar(value_kind::role), "postgres", "The role that makes the admin where it is missing."},
               {"password", passwords(), "none", "Where its password comes from: the first source that is there."},
               {"superuser", scalar(value_kind::boolean), "true",
                "Whether the admin is made a superuser; false: CREATEDB and CREATEROLE only."}}};
  static const key_table keys{
      .title = "admin",
      .keys = {{"user", scalar(value_kind::role), "the user of url, else admin_user", "The role that provisions."},
               {"password", passwords(), "none; embedded: generated, and kept beside the data",
                "Where its password comes from: the first source that is there."},
               {"bootstrap", record(bootstrap), "none", "Used once, to make the admin where it is missing."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* wait() {
  static const key_table keys{
      .title = "wait",
      .keys = {
          {"max_retries", integer(0, 1'000'000), "DB_INIT_MAX_RETRIES, else 10", "Tries after the first."},
          {"initial_delay", scalar(value_kind::duration_or_seconds), "DB_INIT_INITIAL_DELAY, else 1s",
           "The pause after the first try; it doubles after each."},
          {"max_delay", scalar(value_kind::duration_or_seconds), "DB_INIT_MAX_DELAY, else 30s", "The longest pause."},
          {"timeout", scalar(value_kind::duration_or_seconds), "DB_INIT_TIMEOUT, else 30s",
           "The longest that one try may take."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* kubernetes() {
  static const key_table resources{.title = "resources",
                                   .keys = {{"memory", scalar(value_kind::memory_size), "", "Such as 512Mi."},
                                            {"cpu", scalar(value_kind::cpu_amount), "", "Such as 500m."}}};
  static const key_table probe{.title = "probe",
                               .keys = {{"every", scalar(value_kind::duration), "", "Between two probes."},
                                        {"after", scalar(value_kind::duration), "", "Before the first one."}}};
  static const key_table keys{
      .title = "kubernetes",
      .keys = {{"namespace", scalar(value_kind::simple_name), "the estate's name", "Where the server's objects live."},
               {"name", scalar(value_kind::simple_name), "postgresql", "The name of workload and service."},
               {"version", scalar(value_kind::text), "the newest supported", "The Kubernetes version to render for."},
               {"workload", choice({"statefulset", "deployment"}), "statefulset", "The kind of workload."},
               {"image", scalar(value_kind::text), "postgres, of the server's major", "The server's image."},
               {"storage", scalar(value_kind::memory_size), "5Gi", "The size of its claim."},
               {"storage_class", scalar(value_kind::text), "the cluster's default", "The class of its claim."},
               {"claim", scalar(value_kind::simple_name), "data", "The name of its claim."},
               {"secret", scalar(value_kind::simple_name), "postgresql", "The name of the admin's Secret."},
               {"requests", record(resources), "512Mi, 500m", "What the server asks for."},
               {"limits", record(resources), "1Gi, 1000m", "What it may use at most."},
               {"liveness", record(probe), "every 10s after 30s", "Its liveness probe."},
               {"readiness", record(probe), "every 5s after 5s", "Its readiness probe."},
               {"manifests", one_or_list_of(scalar(value_kind::pattern)), "none",
                "The applications' own manifests, applied after the proof."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* backup() {
  static const key_table keep_rule{.title = "keep",
                                   .keys = {{"last", integer(0, 100'000), "0", "So many of the last ones."},
                                            {"hourly", integer(0, 100'000), "0", "So many hours, one of each."},
                                            {"daily", integer(0, 100'000), "0", "So many days, one of each."},
                                            {"weekly", integer(0, 100'000), "0", "So many weeks, one of each."},
                                            {"monthly", integer(0, 100'000), "0", "So many months, one of each."},
                                            {"yearly", integer(0, 100'000), "0", "So many years, one of each."}}};
  static const key_table keys{
      .title = "backup",
      .keys = {{"every", scalar(value_kind::duration), "", "How often."},
               {"keep", record(keep_rule), "everything", "Which ones are kept."},
               {"directory", scalar(value_kind::path), ".innkeeper/backups", "Where they go."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* pool() {
  static const key_table keys{
      .title = "pool",
      .keys = {{"size", integer(1, max_connections), "", "Connections that one replica opens at most."},
               {"replicas", integer(1, 100'000), "1", "How many replicas run."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* servers() {
  static const key_table keys{
      .title = "server",
      .keys = {{"url", scalar(value_kind::server_url), "empty: embedded",
                "A connection string in any dialect, without a password in clear."},
               {"embedded", embedded(), "", "A private PostgreSQL, where url is empty."},
               {"admin", admin(), "", "Who provisions."},
               {"settings", settings(), "none", "Settings of postgresql.conf, by their names there."},
               {"wait", wait(), "", "How long to wait for the server."},
               {"endpoints", endpoints(), "none", "Other ways to the server, for via:."},
               {"hardening", hardening(), "the estate's", "As for the estate, item by item."},
               {"kubernetes", kubernetes(), "", "How the server runs in Kubernetes.", later}}};
  static const value_shape* shape = named(record(keys));
  return shape;
}

const value_shape* service_redis() {
  static const key_table keys{
      .title = "service_redis",
      .keys = {{"db", integer(0, 100'000), "the next free one", "Its database number."},
               {"access", choice({"shared", "acl"}), "shared", "acl: a Redis user of its own."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* service_rabbitmq() {
  static const key_table keys{
      .title = "service_rabbitmq",
      .keys = {{"vhost", scalar(value_kind::text), "/", "Its virtual host."},
               {"access", choice({"shared", "own"}), "shared", "own: a RabbitMQ user of its own."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* logins() {
  static const key_table keys{
      .title = "login",
      .keys = {{"access", choice({"owner", "readwrite", "readonly"}), "the service's", "What it may do."},
               {"starts_as", starts_as(), "owner", "self: no SET role."},
               {"connections", connections(), "the service's", "Its connection limit."},
               {"secrets", secret_sinks(), "none", "Where its password goes."}}};
  static const value_shape* shape = named(record(keys), value_kind::role);
  return shape;
}

const value_shape* services() {
  static const key_table keys{
      .title = "service",
      .keys = {
          {"app", scalar(value_kind::text), "none", "The application's name, for people."},
          {"server", scalar(value_kind::simple_name), "the only server, else that of defaults",
           "Which server it lives on."},
          {"database", scalar(value_kind::database), "the service's name, - as _",
           "Its database. Several services may name one, each of them by this key."},
          {"schema", scalar(value_kind::schema), "public; in a shared database the service's name, - as _",
           "Its schema."},
          {"prefix", scalar(value_kind::table_prefix), "none",
           "The prefix of its tables, where it shares a schema with other services."},
          {"user", scalar(value_kind::role), "<database>_user",
           "What the application logs in as. Several services may name one, each of them by this key."},
          {"access", access(), "owner",
           "owner: its log-in may change its schema. readwrite: only <service>_migrator may."},
          {"starts_as", starts_as(), "owner", "self: no SET role, for applications that rely on current_user."},
          {"authentication", choice({"password", "certificate"}), "password",
           "certificate: its log-ins show one with their name, over TLS, and have no password."},
          {"mode", mode(), "enforce", "adopt: what exists counts as wanted. observe: nothing is changed."},
          {"extensions", extensions(), "none", "What its database needs, by name or as a mapping."},
          {"readers", one_or_list_of(scalar(value_kind::simple_name)), "none",
           "Other services that may read its tables."},
          {"may_create_schemas", scalar(value_kind::boolean), "false", "Whether it may create schemas."},
          {"connections", connections(), "20", "The connection limit of its log-in."},
          {"settings", settings(), "none", "Settings of its log-in in its database."},
          {"timeouts", timeouts(), "none", "The three timeouts, as durations."},
          {"schema_files", scalar(value_kind::path), "none", "The directory with its schema, relative to this file."},
          {"migrations", migrations(), "", "How its schema files are read and run."},
          {"pool", pool(), "none", "Its connection pool, compared with its connection limit."},
          {"hardening", service_hardening(), "the server's", "As for the estate, item by item."},
          {"redis", service_redis(), "none", "What it has in Redis; `init` waits for it.", later},
          {"rabbitmq", service_rabbitmq(), "none", "What it has in RabbitMQ; `init` waits for it.", later},
          {"secrets", secret_sinks(), "none", "Where its application finds what it connects with: docs/secrets.md."},
          {"backup", backup(), "none", "How its database is backed up.", later},
          {"rotation", rotation(), "overlap",
           "How `secret rotate` changes its password: two log-ins take turns, or one gets a new password, or not at "
           "all."},
          {"restart", one_or_list_of(scalar(value_kind::workload)), "none",
           "What reads its secret only at its start, as deployment/NAME: `secret rotate` restarts it in Kubernetes, or "
           "says that it is to be restarted."},
          {"managed_by", managed_by(), "innkeeper",
           "external: another manager makes its password, which is read from its secrets: and never written there."},
          {"logins", logins(), "none", "More log-ins, by their role names.", later},
          {"via", scalar(value_kind::simple_name), "the server itself",
           "The endpoint that its connection strings name."}}};
  static const value_shape* shape = named(record(keys));
  return shape;
}

const value_shape* defaults() {
  static const key_table sinks{
      .title = "secrets",
      .keys = {{"directory", scalar(value_kind::path), ".innkeeper/secrets", "Where generated passwords are kept."}}};
  static const key_table keys{
      .title = "defaults",
      .keys = {{"server", scalar(value_kind::simple_name), "the only server", "Which server services live on."},
               {"access", access(), "owner", "As in a service."},
               {"starts_as", starts_as(), "owner", "As in a service."},
               {"mode", mode(), "enforce", "As in a service."},
               {"extensions", extensions(), "none", "What every database needs, besides the service's own."},
               {"may_create_schemas", scalar(value_kind::boolean), "false", "As in a service."},
               {"connections", connections(), "20", "As in a service."},
               {"settings", settings(), "none", "As in a service, where the service does not set it."},
               {"timeouts", timeouts(), "none", "As in a service, where the service does not set it."},
               {"migrations", migrations(), "", "As in a service, key by key."},
               {"secrets", record(sinks), "", "Where generated passwords are kept."},
               {"pool", pool(), "none", "As in a service."},
               {"backup", backup(), "none", "As in a service.", later},
               {"rotation", rotation(), "overlap", "As in a service."},
               {"managed_by", managed_by(), "innkeeper", "As in a service."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* redis() {
  static const key_table keys{
      .title = "redis",
      .keys = {{"url", scalar(value_kind::broker_url), "", "redis:// or rediss://, without a password."},
               {"user", scalar(value_kind::text), "none", "The user, where Redis has users."},
               {"password", passwords(), "none", "Where its password comes from."},
               {"databases", integer(1, 100'000), "16", "How many databases it has."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* rabbitmq() {
  static const key_table keys{
      .title = "rabbitmq",
      .keys = {{"url", scalar(value_kind::broker_url), "", "amqp:// or amqps://, without a password."},
               {"management", scalar(value_kind::web_url), "", "The management interface, http:// or https://."},
               {"user", scalar(value_kind::text), "guest", "The administrator."},
               {"password", passwords(), "none", "Where its password comes from."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* name_templates() {
  static const value_shape* pattern = scalar(value_kind::name_template);
  static const key_table keys{.title = "names",
                              .keys = {{"access", pattern, "{db}_access", "The role that may connect."},
                                       {"owner", pattern, "{service}_owner", "The role that owns."},
                                       {"readwrite", pattern, "{service}_rw", "The role that reads and writes."},
                                       {"readonly", pattern, "{service}_ro", "The role that reads."},
                                       {"migrator", pattern, "{service}_migrator", "The log-in for migrations."},
                                       {"user", pattern, "{db}_user", "The log-in of the application."},
                                       {"twin", pattern, "{user}_b", "The second log-in, for rotation."}}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* principals() {
  static const key_table keys{
      .title = "principal",
      .keys = {
          {"kind", choice({"exporter", "backup", "replication", "pooler", "human"}), "", "What it is.", true, true},
          {"user", scalar(value_kind::role), "the entry's name", "What it logs in as."},
          {"server", scalar(value_kind::simple_name), "the only server", "Where it logs in."},
          {"services", one_or_list_of(scalar(value_kind::simple_name)), "all", "Which services' databases it enters."},
          {"access", choice({"connect", "read", "write"}), "by its kind", "What it may do there."},
          {"password", passwords(), "none", "Where its password comes from."}}};
  static const value_shape* shape = named(record(keys));
  return shape;
}

const value_shape* environments() {
  static const key_table keys{.title = "environment",
                              .keys = {{"servers", servers(), "", "What differs in servers."},
                                       {"redis", redis(), "", "What differs in redis."},
                                       {"rabbitmq", rabbitmq(), "", "What differs in rabbitmq."},
                                       {"defaults", defaults(), "", "What differs in defaults."},
                                       {"kubernetes", kubernetes(), "", "What differs in kubernetes."},
                                       {"services", services(), "", "What differs in services."}}};
  static const value_shape* shape = named(record(keys));
  return shape;
}

}  // namespace

const key_table& manifest_keys() {
  static const key_table keys{
      .title = "manifest",
      .keys = {
          {"estate", scalar(value_kind::simple_name), "", "The name of everything that this manifest declares.", true,
           true},
          {"include", one_or_list_of(scalar(value_kind::pattern)), "none",
           "Files, relative to this one, that declare more; * and ? are wildcards."},
          {"servers", servers(), "one embedded server, shared", "The PostgreSQL servers."},
          {"defaults", defaults(), "", "What holds for every service that does not say otherwise."},
          {"services", services(), "none", "The services."},
          {"redis", redis(), "none", "The Redis server.", later},
          {"rabbitmq", rabbitmq(), "none", "The RabbitMQ server.", later},
          {"names", name_templates(), "", "Templates of the names that Innkeeper gives.", later},
          {"principals", principals(), "none", "Others that may enter: exporters, backup, replication, people.", later},
          {"accept", accepted_findings(), "none", "Findings that are known, each with a reason and an end."},
          {"hardening", hardening(), "", "What is closed and bounded beyond the role model."},
          {"backup", backup(), "none", "How everything is backed up.", later},
          {"kubernetes", kubernetes(), "", "How the estate runs in Kubernetes.", later},
          {"environments", environments(), "none", "What differs in each environment.", later}}};
  return keys;
}

const key_table& included_file_keys() {
  static const key_table keys = [] {
    key_table table = manifest_keys();
    for (auto& key : table.keys) key.is_required = false;
    return table;
  }();
  return keys;
}

bool is_key_of_included_file(std::string_view key) {
  static constexpr std::array<std::string_view, 6> keys{"estate",   "include",    "servers",
                                                        "services", "principals", "accept"};
  return std::ranges::find(keys, key) != keys.end();
}

}  // namespace innkeeper
