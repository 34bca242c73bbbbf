#pragma once
// A Kubernetes Secret: whose each of its keys is, who else keeps it, and what to send so that ours are as they should
// be. Pure.
//
// Ours is what the field manager `innkeeper` holds (metadata.managedFields) and what the annotation innkeeper.dev/keys
// names, with the service for which each key was written: {"DATABASE_URL":"cafe-erp/cafe"}. A key that the annotation
// names and the field manager no longer holds was changed by another hand: the API server takes a field from its
// manager when somebody else gives it another value.
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "exec/kubernetes.h"
#include "exec/secret_place.h"

namespace innkeeper::k8s {

inline constexpr std::string_view field_manager = "innkeeper";
// With a random end, who makes a Secret: two who make the same one at once are two managers, and the second is told so
// instead of replacing what the first wrote. Renamed to field_manager afterwards.
inline constexpr std::string_view creating_manager = "innkeeper-creates-";
inline constexpr std::string_view keys_annotation = "innkeeper.dev/keys";

struct secret_object {
  std::string version;  // resourceVersion; "" where there is no such Secret
  std::string uid;
  std::string type;
  std::map<std::string, secret> data;
  std::map<std::string, std::string> owners;  // of keys, by our annotation: "estate/service"
  std::set<std::string> held_keys;            // by our field manager
  std::set<std::string> held_labels;
  bool has_managers = false;   // false: somebody emptied managedFields, so held_keys says nothing
  bool was_just_made = false;  // its manager is still creating_manager
  nlohmann::json managers;     // metadata.managedFields
  std::string kept_by;         // an operator that would write it anew: `External Secrets (ExternalSecret "cafe-db")`

  [[nodiscard]] bool is_made_by_us() const;
};

// Of a Secret as the API server gives it. Throws exec::error where it is none.
[[nodiscard]] secret_object parse_secret(const nlohmann::json& body);

[[nodiscard]] exec::place_content content_of(const secret_object& one);

// What is to stand there: these keys for this owner, and what is ours for other owners, since an apply takes away what
// it leaves out.
struct secret_wish {
  std::map<std::string, secret> keys;
  std::string owner;
  std::string type;  // where the Secret has to be made
};

// The body of a server-side apply at exactly `there`.
[[nodiscard]] secret apply_body(const exec::kubernetes_name& name, const secret_object& there, const secret_wish& wish);

// Whether the apply would change nothing.
[[nodiscard]] bool is_fulfilled(const secret_object& there, const secret_wish& wish);

// managedFields with creating_manager's entries under our name; for a JSON patch.
[[nodiscard]] nlohmann::json renamed_managers(const secret_object& one);

}  // namespace innkeeper::k8s
