#include "k8s/secret_object.h"

#include <fmt/format.h>

#include "core/base64.h"
#include "exec/error.h"
#include "k8s/secret_managers.h"

namespace innkeeper::k8s {
namespace {

using nlohmann::json;

constexpr std::string_view managed_by_label = "app.kubernetes.io/managed-by";
constexpr std::string_view estate_label = "innkeeper.dev/estate";
constexpr std::string_view service_label = "innkeeper.dev/service";

bool is_our_manager(const json& entry) {
  const std::string manager = entry.value("manager", "");
  return manager == field_manager || manager.starts_with(creating_manager);
}

// The names below f:PARENT, without "f:".
void collect_fields(const json& fields, std::string_view parent, std::set<std::string>& names) {
  const auto found = fields.find(fmt::format("f:{}", parent));
  if (found == fields.end() || !found->is_object()) return;
  for (const auto& [key, value] : found->items()) {
    if (key.starts_with("f:")) names.insert(key.substr(2));
  }
}

void read_managers(const json& metadata, secret_object& into) {
  into.managers = metadata.value("managedFields", json::array());
  into.has_managers = !into.managers.empty();
  for (const auto& entry : into.managers) {
    if (!is_our_manager(entry) || entry.value("operation", "") != "Apply" || !entry.contains("fieldsV1")) continue;
    const auto& fields = entry.at("fieldsV1");
    collect_fields(fields, "data", into.held_keys);
    if (const auto of_metadata = fields.find("f:metadata"); of_metadata != fields.end())
      collect_fields(*of_metadata, "labels", into.held_labels);
    into.was_just_made = into.was_just_made || entry.value("manager", "") != field_manager;
  }
}

void read_owners(const json& metadata, secret_object& into) {
  const auto annotations = metadata.find("annotations");
  if (annotations == metadata.end() || !annotations->contains(keys_annotation)) return;
  // Nonsense there, from another hand, owns nothing.
  const auto owners = json::parse(annotations->value(std::string{keys_annotation}, ""), nullptr, false);
  if (!owners.is_object()) return;
  for (const auto& [key, owner] : owners.items()) {
    if (owner.is_string()) into.owners[key] = owner.get<std::string>();
  }
}

void read_data(const json& body, secret_object& into) {
  const auto data = body.find("data");
  if (data == body.end() || !data->is_object()) return;
  for (const auto& [key, value] : data->items()) {
    // An empty value may be null.
    const auto bytes = from_base64(value.is_string() ? value.get<std::string>() : std::string{});
    if (!bytes) throw exec::error{exit_code::failed, fmt::format("key \"{}\" of a Secret is not base64", key)};
    into.data[key] = secret{std::string{bytes->begin(), bytes->end()}};
  }
}

bool is_held(const secret_object& there, const std::string& key) {
  return there.has_managers ? there.held_keys.contains(key) : there.owners.contains(key);
}

// Kubernetes's own rule for the values of labels.
bool is_label_value(std::string_view text) {
  const auto is_end = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return text.size() <= 63 && !text.empty() && is_end(text.front()) && is_end(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return is_end(c) || c == '-' || c == '_' || c == '.'; });
}

// Whose each key of ours is, once the wish is fulfilled.
std::map<std::string, std::string> owners_after(const secret_object& there, const secret_wish& wish) {
  std::map<std::string, std::string> owners;
  for (const auto& [key, owner] : there.owners) {
    if (owner != wish.owner && there.data.contains(key)) owners[key] = owner;
  }
  for (const auto& [key, value] : wish.keys) owners[key] = wish.owner;
  return owners;
}

std::map<std::string, secret> data_after(const secret_object& there, const secret_wish& wish) {
  std::map<std::string, secret> data = wish.keys;
  for (const auto& [key, owner] : there.owners) {
    const auto value = there.data.find(key);
    // What another hand changed is that hand's: to apply it would claim it.
    if (owner != wish.owner && value != there.data.end() && is_held(there, key)) data.try_emplace(key, value->second);
  }
  return data;
}

// Of what we made ourselves. What others made gets no labels: they may say something else.
std::map<std::string, std::string> labels_after(const secret_object& there, const secret_wish& wish) {
  if (!there.version.empty() && !there.is_made_by_us()) return {};
  std::set<std::string> estates;
  std::set<std::string> services;
  for (const auto& [key, owner] : owners_after(there, wish)) {
    const auto slash = owner.find('/');
    estates.insert(owner.substr(0, slash));
    if (slash != std::string::npos) services.insert(owner.substr(slash + 1));
  }
  std::map<std::string, std::string> labels{{std::string{managed_by_label}, "innkeeper"}};
  if (estates.size() == 1 && is_label_value(*estates.begin())) labels[std::string{estate_label}] = *estates.begin();
  if (services.size() == 1 && is_label_value(*services.begin())) labels[std::string{service_label}] = *services.begin();
  return labels;
}

}  // namespace

bool secret_object::is_made_by_us() const {
  return held_labels.contains(std::string{managed_by_label});
}

secret_object parse_secret(const json& body) {
  if (!body.is_object() || body.value("kind", "") != "Secret" || !body.contains("metadata"))
    throw exec::error{exit_code::failed, "what answers as the Kubernetes API server is none",
                      "it was asked for a Secret, and sent something else"};
  const auto& metadata = body.at("metadata");
  secret_object one{.version = metadata.value("resourceVersion", ""),
                    .uid = metadata.value("uid", ""),
                    .type = body.value("type", ""),
                    .kept_by = keeper_of(metadata)};
  read_data(body, one);
  read_managers(metadata, one);
  read_owners(metadata, one);
  return one;
}

exec::place_content content_of(const secret_object& one) {
  exec::place_content content{.version = one.version};
  for (const auto& [key, value] : one.data) {
    auto& placed = content.keys[key];
    placed.value = value;
    const auto owner = one.owners.find(key);
    if (owner == one.owners.end()) continue;
    placed.owner = owner->second;
    placed.is_altered = !is_held(one, key);
  }
  return content;
}

secret apply_body(const exec::kubernetes_name& name, const secret_object& there, const secret_wish& wish) {
  json metadata{{"name", name.name}, {"namespace", name.name_space}};
  if (!there.version.empty()) metadata["resourceVersion"] = there.version;
  if (const auto labels = labels_after(there, wish); !labels.empty()) metadata["labels"] = labels;
  if (const auto owners = owners_after(there, wish); !owners.empty())
    metadata["annotations"][std::string{keys_annotation}] = json(owners).dump();
  json body{{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", std::move(metadata)}};
  // It can't be changed, and to leave out what we once applied would be to change it.
  const auto& type = there.version.empty() ? wish.type : there.type;
  if (!type.empty()) body["type"] = type;
  for (const auto& [key, value] : data_after(there, wish)) body["data"][key] = to_base64(value.expose());
  return secret{body.dump()};
}

bool is_fulfilled(const secret_object& there, const secret_wish& wish) {
  if (there.version.empty()) return wish.keys.empty();
  if (there.owners != owners_after(there, wish)) return false;
  const auto is_as_wished = [&](const auto& one) {
    const auto found = there.data.find(one.first);
    return found != there.data.end() && found->second == one.second && is_held(there, one.first);
  };
  return std::ranges::all_of(wish.keys, is_as_wished);
}

json renamed_managers(const secret_object& one) {
  json managers = one.managers;
  for (auto& entry : managers) {
    if (is_our_manager(entry)) entry["manager"] = field_manager;
  }
  return managers;
}

}  // namespace innkeeper::k8s
