#include "core/manifest_secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/display.h"
#include "core/env_file.h"
#include "core/secret_presets.h"

namespace innkeeper {
namespace {

const yaml::node* usable_in(const yaml::node& mapping, std::string_view key) {
  const yaml::node* found = yaml::find(mapping, key);
  return found != nullptr && found->usable && found->kind != yaml::node_kind::null ? found : nullptr;
}

std::string scalar_of(const yaml::node& mapping, std::string_view key) {
  const yaml::node* found = usable_in(mapping, key);
  return found == nullptr ? std::string{} : found->text;
}

// Of files in a directory, and of a Kubernetes Secret.
bool is_key_name(std::string_view name) {
  constexpr std::size_t longest = 253;
  return !name.empty() && name.size() <= longest && !name.starts_with('.') && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
}

class sink_reader {
 public:
  sink_reader(const yaml::node& entry, const sinks_source& source, manifest_problems& problems)
      : entry_{entry}, source_{source}, problems_{problems} {}

  secret_sink read(secret_manager by_default) {
    secret_sink sink{.managed_by = by_default, .where = at(entry_.where)};
    read_place(sink);
    if (const auto* manager = usable_in(entry_, "managed_by")) {
      sink.managed_by = manager->text == "external" ? secret_manager::external : secret_manager::innkeeper;
    }
    sink.ca_file = scalar_of(entry_, "ca_file");
    sink.preset = scalar_of(entry_, "preset");
    if (const auto* preset = find_secret_preset(sink.preset)) sink.keys = keys_of(*preset, sink.where);
    read_keys(sink);
    if (sink.keys.empty()) sink.keys = default_secret_keys(sink.where);
    check_preset_names(sink);
    return sink;
  }

 private:
  [[nodiscard]] location at(yaml::place where) const { return {source_.file, where.line, where.column}; }

  void read_place(secret_sink& sink) const {
    static constexpr std::pair<std::string_view, place_kind> kinds[] = {
        {"kubernetes", place_kind::kubernetes}, {"file", place_kind::file}, {"directory", place_kind::directory}};
    for (const auto& [key, kind] : kinds) {
      const std::string text = scalar_of(entry_, key);
      if (text.empty()) continue;
      sink.kind = kind;
      sink.shown = text;
      sink.place = kind == place_kind::kubernetes ? text : (source_.directory / text).lexically_normal().string();
      const auto from_estate = std::filesystem::path{sink.place}.lexically_relative(source_.estate).string();
      if (kind != place_kind::kubernetes && !from_estate.empty() && !from_estate.starts_with(".."))
        sink.shown = from_estate;
    }
  }

  void read_keys(secret_sink& sink) {
    const auto* keys = usable_in(entry_, "keys");
    if (keys == nullptr) return;
    for (const auto& [name, where, value] : keys->entries) {
      if (!value.usable) continue;
      auto parsed = parse_secret_template(value.text);
      if (!parsed.value || !check_name(sink, name, at(where))) continue;
      secret_key key{name, std::move(*parsed.value), at(value.where)};
      const auto same = std::ranges::find(sink.keys, name, &secret_key::name);
      if (same == sink.keys.end()) {
        sink.keys.push_back(std::move(key));
      } else {
        *same = std::move(key);
      }
    }
  }

  bool check_name(const secret_sink& sink, const std::string& name, const location& where) {
    const bool is_file = sink.kind == place_kind::file;
    if (is_file ? is_env_name(name) : is_key_name(name)) return true;
    problems_.error(where,
                    fmt::format("{} can't be a key of {}", quoted_for_display(name),
                                is_file                              ? "an env file"
                                : sink.kind == place_kind::directory ? "a directory"
                                                                     : "a Kubernetes Secret"),
                    is_file ? "Use letters, digits and _, no digit first; or directory: in place of file:."
                            : "Use letters, digits, -, _ and ., no . first.");
    return false;
  }

  void check_preset_names(const secret_sink& sink) {
    if (sink.kind != place_kind::file || sink.preset.empty()) return;
    const auto wrong = std::ranges::find_if(sink.keys, [](const secret_key& key) { return !is_env_name(key.name); });
    if (wrong == sink.keys.end()) return;
    problems_.error(sink.where,
                    fmt::format("preset {} has keys that an env file can't hold, such as {}", sink.preset,
                                quoted_for_display(wrong->name)),
                    "Use directory: or kubernetes: with it.");
  }

  const yaml::node& entry_;
  const sinks_source& source_;
  manifest_problems& problems_;
};

class sink_checker {
 public:
  sink_checker(const estate& all, manifest_problems& problems) : all_{all}, problems_{problems} {}

  void run() {
    for (const auto& service : all_.services) {
      check_external(service);
      check_certificate(service);
      std::map<std::pair<place_kind, std::string>, location> places;
      for (const auto& sink : service.secrets) {
        const auto [first, is_new] = places.emplace(std::pair{sink.kind, sink.place}, sink.where);
        if (!is_new) {
          refuse(sink.where, fmt::format("service {} names {} twice", quoted_for_display(service.name), name_of(sink)),
                 "Put all its keys into one entry.", first->second);
          continue;
        }
        for (const auto& key : sink.keys) {
          check_owner(service, sink, key);
          check_brokers(service, key);
        }
      }
    }
    check_shared_users();
  }

 private:
  void refuse(const location& where, std::string message, std::string hint, const location& other) {
    problems_.error(where, std::move(message), std::move(hint), fmt::format("the other is at {}", to_string(other)));
  }

  void check_external(const service_declaration& service) {
    if (service.managed_by != secret_manager::external) return;
    const bool has_one = std::ranges::any_of(
        service.secrets, [](const secret_sink& sink) { return sink.managed_by == secret_manager::external; });
    if (has_one) return;
    problems_.error(service.where,
                    fmt::format("another manager makes the password of service {}, and nothing says where it is",
                                quoted_for_display(service.name)),
                    "Name the place in secrets:, or leave managed_by: external out.");
  }

  // What a place holds is a password, and what else there is lies on this machine.
  void check_certificate(const service_declaration& service) {
    if (service.authentication != authentication_kind::certificate) return;
    const bool is_external = service.managed_by == secret_manager::external;
    if (service.secrets.empty() && !is_external) return;
    problems_.error(service.secrets.empty() ? service.where : service.secrets.front().where,
                    fmt::format("service {} shows a certificate, and has no password for {}",
                                quoted_for_display(service.name), is_external ? "managed_by:" : "secrets:"),
                    "Leave that out, or say authentication: password.");
  }

  void check_owner(const service_declaration& service, const secret_sink& sink, const secret_key& key) {
    const auto [first, is_new] =
        keys_.emplace(std::tuple{sink.kind, sink.place, key.name}, std::pair{service.name, key.where});
    if (is_new) return;
    refuse(key.where,
           fmt::format("services {} and {} would both write {} in {}", quoted_for_display(first->second.first),
                       quoted_for_display(service.name), quoted_for_display(key.name), name_of(sink)),
           "Give each a key of its own.", first->second.second);
  }

  void check_brokers(const service_declaration& service, const secret_key& key) {
    if (uses_redis(key.content)) {
      check_broker(key, "redis", all_.redis, uses(key.content, secret_part::redis_password));
      const bool needs_db = uses(key.content, secret_part::redis_url) || uses(key.content, secret_part::redis_db);
      if (needs_db && !service.redis_db)
        problems_.error(key.where,
                        fmt::format("key {} needs the Redis database of service {}", quoted_for_display(key.name),
                                    quoted_for_display(service.name)),
                        "Say redis: {db: N} in the service.");
    }
    if (uses_rabbitmq(key.content))
      check_broker(key, "rabbitmq", all_.rabbitmq, uses(key.content, secret_part::rabbitmq_password));
  }

  void check_broker(const secret_key& key, std::string_view broker, const std::optional<broker_declaration>& declared,
                    bool needs_password) {
    if (!declared) {
      problems_.error(key.where,
                      fmt::format("key {} needs a {}, and none is declared", quoted_for_display(key.name), broker),
                      fmt::format("Say {}: {{url: …}} in the manifest.", broker));
    } else if (needs_password && declared->passwords.empty()) {
      problems_.error(key.where,
                      fmt::format("key {} needs the password of {}, and no source of it is declared",
                                  quoted_for_display(key.name), broker),
                      fmt::format("Say password: in {}:.", broker));
    }
  }

  // One log-in has one password, which has one maker.
  void check_shared_users() {
    std::map<std::pair<std::string, std::string>, const service_declaration*> makers;
    for (const auto& one : all_.services) {
      const auto [first, is_new] = makers.emplace(std::pair{one.server, one.user.value.value}, &one);
      if (is_new || first->second->managed_by == one.managed_by) continue;
      refuse(one.where,
             fmt::format("services {} and {} have one user, and different managers of its password",
                         quoted_for_display(first->second->name), quoted_for_display(one.name)),
             "Say the same managed_by: in both.", first->second->where);
    }
  }

  const estate& all_;
  manifest_problems& problems_;
  std::map<std::tuple<place_kind, std::string, std::string>, std::pair<std::string, location>> keys_;
};

}  // namespace

std::vector<secret_sink> read_secret_sinks(const yaml::node* list, secret_manager by_default,
                                           const sinks_source& source, manifest_problems& problems) {
  std::vector<secret_sink> sinks;
  if (list == nullptr) return sinks;
  for (const auto& entry : list->items) {
    if (!entry.usable) continue;
    auto sink = sink_reader{entry, source, problems}.read(by_default);
    if (!sink.place.empty()) sinks.push_back(std::move(sink));
  }
  return sinks;
}

void check_secret_sinks(const estate& all, manifest_problems& problems) {
  sink_checker{all, problems}.run();
}

}  // namespace innkeeper
