#pragma once
// Compares a tree with the tables of manifest_keys.h: unknown keys, wrong types, values out of range, passwords in
// clear. Puts the environment's values into the scalars on the way. What it finds wrong is marked unusable in the tree.
#include <string>
#include <vector>

#include "core/estate.h"
#include "core/manifest_environment.h"
#include "core/manifest_keys.h"
#include "core/manifest_problems.h"
#include "core/yaml_tree.h"

namespace innkeeper {

class manifest_checker {
 public:
  manifest_checker(const std::string& file, const source_text& source, const environment_lookup& values,
                   manifest_problems& problems, std::vector<unmanaged_key>& unmanaged)
      : file_{file}, source_{source}, values_{values}, problems_{problems}, unmanaged_{unmanaged} {}

  // `is_included`: by another file, which leaves only some of the keys to this one.
  void check(yaml::node& root, bool is_included);

 private:
  // `path` names the value from the root, "services.cafe"; `name` by its last key, for messages.
  struct subject {
    std::string path;
    std::string name;
    bool is_managed = true;
  };

  [[nodiscard]] location at(yaml::place where) const { return {file_, where.line, where.column}; }
  void refuse(yaml::node& value, std::string message, std::string hint = {}, std::string detail = {});

  void check_value(yaml::node& value, const value_shape& shape, const subject& what);
  void check_record(yaml::node& value, const value_shape& shape, const subject& what);
  void check_keys(yaml::node& value, const key_table& table, const subject& what);
  void check_unknown_key(yaml::entry& entry, const key_table& table, const subject& what);
  void check_combination(yaml::node& value, const key_table& table, const subject& what);
  void check_dictionary(yaml::node& value, const value_shape& shape, const subject& what);
  void check_list(yaml::node& value, const value_shape& shape, const subject& what);
  void check_scalar_node(yaml::node& value, const value_shape& shape, const subject& what);
  bool expand_scalar(yaml::node& value, const value_shape& shape, const subject& what);
  bool holds_password_in_clear(const yaml::node& value, const value_shape& shape) const;
  void refuse_password(yaml::node& value, const subject& what);
  void hide(const yaml::node& value);

  const std::string& file_;
  const source_text& source_;
  const environment_lookup& values_;
  manifest_problems& problems_;
  std::vector<unmanaged_key>& unmanaged_;
};

}  // namespace innkeeper
