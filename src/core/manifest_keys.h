#pragma once
// Every key of the manifest, as tables: what it takes, its default, what it is for, and whether this version acts on
// it. The parser, the JSON Schema and the reference page all read these tables, so they cannot disagree.
#include <string_view>
#include <vector>

namespace innkeeper {

enum class value_kind {
  // scalars; what each takes is said in manifest_scalars.h
  text,
  simple_name,  // of an estate, server, service …: letters, digits, _ and -
  database,
  role,
  schema,
  extension,
  table_prefix,
  setting_value,
  environment_name,
  kubernetes_object,
  kubernetes_key,
  workload,
  server_url,
  broker_url,
  web_url,
  host_and_port,
  path,
  pattern,
  choice,
  boolean,
  integer,
  duration,
  duration_or_seconds,
  duration_or_off,
  disk_size_or_off,
  memory_size,
  cpu_amount,
  date,
  name_template,
  secret_text,  // what stands under a key of a secret: secret_template.h
  // the others
  record,      // the keys of one table
  dictionary,  // names of the user's choice, each with one `item`
  list,        // of `item`; with `may_be_single`, one item may stand without the brackets
};

struct key_table;

// What a key takes.
struct value_shape {
  value_kind kind = value_kind::text;
  long least = 0;  // of integers
  long most = 0;
  std::vector<std::string_view> choices = {};
  const key_table* keys = nullptr;                  // record
  const value_shape* item = nullptr;                // dictionary, list
  value_kind entry_name = value_kind::simple_name;  // dictionary
  bool may_be_single = false;                       // list
  const value_shape* short_form = nullptr;          // record: the scalar that may stand for it
};

struct manifest_key {
  std::string_view name;
  const value_shape* shape = nullptr;
  std::string_view by_default;  // as the reference page shows it
  std::string_view purpose;
  bool is_managed = true;
  bool is_required = false;
};

struct key_table {
  std::string_view title;  // one word for what it describes, and its name in the JSON Schema
  std::vector<manifest_key> keys;
  std::vector<std::string_view> exactly_one_of = {};
  std::vector<std::string_view> at_most_one_of = {};
};

// The manifest itself; every other table hangs on it.
[[nodiscard]] const key_table& manifest_keys();
// The same keys for a file that another one includes, which needs none of them and may hold only some.
[[nodiscard]] const key_table& included_file_keys();
[[nodiscard]] bool is_key_of_included_file(std::string_view key);

}  // namespace innkeeper
