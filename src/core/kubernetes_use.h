#pragma once
// Which Kubernetes Secrets a manifest names, wherever in it: passwords are read from some, and services find theirs in
// others. What it takes to do that is rendered from this (`innkeeper render rbac`).
#include <string>
#include <vector>

#include "core/diagnostic.h"

namespace innkeeper {

namespace yaml {
struct node;
}

struct kubernetes_use {
  std::string name_space;
  std::string name;
  bool is_written = false;  // false: a password source, or `managed_by: external` of it or its service
  location where;

  friend bool operator==(const kubernetes_use&, const kubernetes_use&) = default;
};

// Of one file whose values have been checked, in its order. What `environments:` holds is left out.
void collect_kubernetes_uses(const yaml::node& root, const std::string& file, std::vector<kubernetes_use>& into);

}  // namespace innkeeper
