#pragma once
// `secrets:` of a service: the places where its application finds what it connects with, and what stands there.
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "core/secret_template.h"

namespace innkeeper {

enum class place_kind { kubernetes, file, directory };

// external: another manager writes it; Innkeeper reads it and verifies it.
enum class secret_manager { innkeeper, external };

struct secret_key {
  std::string name;
  secret_template content;
  location where;

  friend bool operator==(const secret_key&, const secret_key&) = default;
};

struct secret_sink {
  place_kind kind = place_kind::file;
  std::string place;             // a path, absolute; NAMESPACE/SECRET of Kubernetes
  std::string shown;             // as the manifest spells it
  std::vector<secret_key> keys;  // the preset's first, then the manifest's own
  std::string preset;            // the name of one, or empty
  std::string ca_file;           // where the application finds the certificate authority; empty: where we do
  secret_manager managed_by = secret_manager::innkeeper;
  location where;

  friend bool operator==(const secret_sink&, const secret_sink&) = default;
};

[[nodiscard]] std::string name_of(const secret_sink& one);  // "file .innkeeper/cafe.env"

}  // namespace innkeeper
