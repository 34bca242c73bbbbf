// hardening: and accept:. Each item of hardening is a value, or a mapping of a value and a reason.
#include "core/manifest_shapes.h"

namespace innkeeper::shapes {
namespace {

constexpr std::string_view why = "Why. An item that is on by default is switched off only with one; verify shows it.";

const value_shape* item(const key_table& keys) {
  return record_or(keys.keys.front().shape, keys);
}

key_table item_keys(std::string_view title, const value_shape* value) {
  return {.title = title,
          .keys = {{"value", value, "", "What the item's short form takes.", true, true},
                   {"reason", scalar(value_kind::text), "none", why}}};
}

manifest_key temp_file_limit() {
  static const key_table keys = item_keys("temp_file_limit", scalar(value_kind::disk_size_or_off));
  return {"temp_file_limit", item(keys), "10GB",
          "The most that one session of a log-in may have in temporary files. Hard: it can't raise it."};
}

manifest_key idle_in_transaction() {
  static const key_table keys = item_keys("idle_timeout", scalar(value_kind::duration_or_off));
  return {"idle_in_transaction_session_timeout", item(keys), "5m",
          "How long a log-in's transaction may stay open idle. Soft: it can set another; settings: goes before this."};
}

const value_shape* function_access_item() {
  static const key_table keys = item_keys("function_access", choice({"closed", "open"}));
  static const value_shape* shape = item(keys);
  return shape;
}

manifest_key wal_messages() {
  return {"wal_messages", function_access_item(), "closed",
          "open: log-ins may call pg_logical_emit_message, which writes WAL at will, whatever their rights."};
}

manifest_key advisory_locks() {
  return {"advisory_locks", function_access_item(), "open",
          "closed: only the owner role may take advisory locks, which can fill the lock table of the whole server."};
}

manifest_key large_objects() {
  return {"large_objects", function_access_item(), "open",
          "closed: only the owner role may make large objects, which otherwise needs no right at all."};
}

manifest_key password_encryption() {
  static const key_table keys = item_keys("password_encryption", choice({"scram-sha-256", "off"}));
  return {"password_encryption", item(keys), "scram-sha-256",
          "How the server keeps passwords that people set. off: as it is there."};
}

manifest_key reserved_connections() {
  static const key_table keys = item_keys("reserved_connections", integer(0, 1000));
  return {"reserved_connections", item(keys), "3",
          "Connections kept free for an admin that is no superuser (PostgreSQL 16 and newer); 0: none."};
}

manifest_key tls() {
  static const key_table keys = item_keys("tls", choice({"advice", "require", "off"}));
  return {"tls", item(keys), "advice", "Whether connections must use TLS. require: a leak where they need not."};
}

manifest_key pg_hba() {
  static const key_table keys = item_keys("pg_hba", choice({"advice", "strict", "off"}));
  return {"pg_hba", item(keys), "advice",
          "Whether pg_hba.conf must name who may enter. strict: a leak where it lets more in."};
}

}  // namespace

const value_shape* hardening() {
  static const key_table keys{.title = "hardening",
                              .keys = {temp_file_limit(), idle_in_transaction(), wal_messages(), password_encryption(),
                                       reserved_connections(), advisory_locks(), large_objects(), tls(), pg_hba()}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* service_hardening() {
  static const key_table keys{
      .title = "service_hardening",
      .keys = {temp_file_limit(), idle_in_transaction(), wal_messages(), advisory_locks(), large_objects()}};
  static const value_shape* shape = record(keys);
  return shape;
}

const value_shape* accepted_findings() {
  static const key_table keys{
      .title = "accepted_finding",
      .keys = {
          {"finding", scalar(value_kind::text), "",
           "Its probe, as verify names it (P39, drift), and after it, if need be, the log-in or database it is about.",
           true, true},
          {"service", scalar(value_kind::simple_name), "any", "The service that it is about."},
          {"server", scalar(value_kind::simple_name), "any", "The server that it is about."},
          {"reason", scalar(value_kind::text), "", "Why it is accepted.", true, true},
          {"until", scalar(value_kind::date), "", "The day after which it counts again.", true, true}}};
  static const value_shape* shape = list_of(record(keys));
  return shape;
}

}  // namespace innkeeper::shapes
