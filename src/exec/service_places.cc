#include "exec/service_places.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "core/naming.h"
#include "core/scram.h"
#include "exec/error.h"
#include "exec/kubernetes.h"
#include "exec/parallel.h"
#include "exec/password_source.h"
#include "exec/private_file.h"
#include "exec/random.h"
#include "exec/secret_places.h"
#include "pg/connection.h"
#include "pg/error.h"

namespace innkeeper::exec {
namespace {

constexpr int services_at_once = 4;
constexpr std::size_t most_bytes_of_certificates = 1 << 20;

place_look::state state_of(stored_state one) {
  switch (one) {
    case stored_state::absent:
      return place_look::state::absent;
    case stored_state::present:
      return place_look::state::present;
    case stored_state::unreadable:
      break;
  }
  return place_look::state::unreadable;
}

// As the Service Binding specification wants it: servicebinding.io/postgresql.
std::string type_of_secret(const secret_sink& sink) {
  return sink.preset == "servicebinding" ? "servicebinding.io/postgresql" : "";
}

opened_place open_in_kubernetes(const estate& all, const service_declaration& service, const secret_sink& sink) {
  if (!server_of(all, service).url) return {.why_not = "nobody in a cluster reaches the embedded server"};
  auto* cluster = kubernetes();
  if (cluster == nullptr) return {.why_not = "this program doesn't ask Kubernetes"};
  try {
    if (auto why_not = cluster->why_not(); !why_not.empty()) return {.why_not = std::move(why_not)};
  } catch (const error& failed) {
    return {.problem = whole_text(failed)};
  }
  const bool is_external =
      sink.managed_by == secret_manager::external || service.managed_by == secret_manager::external;
  return {.place = cluster->open_place(parse_kubernetes_name(sink.place),
                                       {.type = type_of_secret(sink), .is_external = is_external})};
}

// By server and log-in, and by its twin (docs/rotation.md), of those that declare places.
using placing_services = std::map<std::pair<std::string, role_name>, std::vector<const service_declaration*>>;

placing_services services_with_places(const estate& all) {
  placing_services found;
  for (const auto& one : all.services) {
    if (one.secrets.empty()) continue;
    found[{one.server, one.user.value}].push_back(&one);
    found[{one.server, twin_of(one.user.value)}].push_back(&one);
  }
  return found;
}

bool is_made_elsewhere(const std::vector<const service_declaration*>& of_log_in) {
  return std::ranges::any_of(of_log_in, [](const auto* one) { return one->managed_by == secret_manager::external; });
}

struct found_secret {
  secret password;
  std::string place;
};

class password_reader {
 public:
  password_reader(const estate& all, const role_name& role, bool is_external)
      : all_{all}, role_{role}, is_external_{is_external} {}

  [[nodiscard]] secret_store::entry read(const std::vector<const service_declaration*>& services) {
    for (const auto* service : services) {
      for (const auto& sink : service->secrets) {
        if (!is_external_ || sink.managed_by == secret_manager::external) look_in(*service, sink);
      }
    }
    if (found_.empty()) {
      if (!problem_.empty()) return {.state = stored_state::unreadable, .problem = problem_};
      if (!is_external_) return {};
      return {
          .state = stored_state::unreadable,
          .problem = places_.empty()
                         ? fmt::format("another manager makes it, and its place is out of reach: {}", why_not_)
                         : fmt::format("another manager makes it, and it is not in {} yet", fmt::join(places_, ", "))};
    }
    for (const auto& one : found_) {
      if (one.password == found_.front().password) continue;
      return {.state = stored_state::unreadable,
              .problem = fmt::format("{} and {} hold different ones: take the wrong one out", found_.front().place,
                                     one.place)};
    }
    const auto& first = found_.front();
    return {
        .state = stored_state::present, .value = {first.password, verifier_for(first.password)}, .from = first.place};
  }

 private:
  void look_in(const service_declaration& service, const secret_sink& sink) {
    const auto opened = open_place(all_, service, sink);
    if (!opened.place) {
      problem_ = opened.problem.empty() ? problem_ : fmt::format("{}: {}", name_of(sink), opened.problem);
      why_not_ = opened.why_not;
      return;
    }
    const auto entry = opened.place->read();
    places_.push_back(name_of(sink));
    if (entry.state == stored_state::unreadable) {
      problem_ = fmt::format("{}: {}", name_of(sink), entry.problem);
      return;
    }
    for (auto& one : log_ins_in(entry.content.keys, sink)) {
      if (one.user == role_ || (one.user.empty() && role_ == service.user.value))
        found_.push_back({std::move(one.password), fmt::format("{}, key {}", name_of(sink), one.key)});
    }
    for (const auto& [key, placed] : entry.content.keys) {
      if (is_scram_verifier(placed.value.expose())) verifiers_.push_back(placed.value);
    }
  }

  // The one that was handed out, where it is there: the same text is what poolers and the server hold.
  [[nodiscard]] secret verifier_for(const secret& password) const {
    for (const auto& one : verifiers_) {
      if (verifier_matches(password, one)) return one;
    }
    return scram_verifier(password, random_salt());
  }

  const estate& all_;
  const role_name& role_;
  bool is_external_;
  std::vector<found_secret> found_;
  std::vector<secret> verifiers_;
  std::vector<std::string> places_;
  std::string problem_;
  std::string why_not_;
};

template <class Facts>
void find_broker_password(const std::vector<password_source>& sources, std::string_view broker, Facts& into) {
  if (sources.empty()) return;
  try {
    auto [found, tried] = search_password(sources);
    if (found) {
      into.password = std::move(found->value);
    } else {
      into.password_problem = fmt::format("no source has the password of {}: {}", broker, fmt::join(tried, "; "));
    }
  } catch (const error& failed) {
    into.password_problem = whole_text(failed);
  }
}

bool any_uses(const std::vector<secret_key>& keys, bool (*asks)(const secret_template&)) {
  return std::ranges::any_of(keys, [&](const secret_key& key) { return asks(key.content); });
}

void read_certificate(const conninfo& target, secret_facts& into) {
  const auto file = target.parameters.find("sslrootcert");
  if (file == target.parameters.end() || file->second == "system") return;
  const auto content = read_small_file(file->second, most_bytes_of_certificates);
  if (content.state == stored_state::present) {
    into.ca = content.text.expose();
  } else {
    into.ca_problem = content.state == stored_state::absent
                          ? fmt::format("the certificate authority \"{}\" is not there", file->second)
                          : content.problem;
  }
}

std::optional<bool> does_log_in(const server_access& access, const placed_log_in& log_in, const conninfo& service) {
  conninfo target = service;
  target.endpoints = access.endpoints;
  target.parameters = parameters_for_others(access);
  if (!log_in.user.empty()) target.user = log_in.user;
  if (!log_in.database.empty()) target.database = log_in.database;
  target.password = log_in.password;
  pg::connect_options options;
  options.kind = pg::session_kind::service;
  options.application_name = "innkeeper verify secret";
  try {
    (void)pg::connection::open(target, options);
    return true;
  } catch (const pg::error& failed) {
    // Refusals; what only says that nobody gets in now says nothing of the password.
    const bool is_refused = failed.sqlstate() == "28P01" || failed.sqlstate() == "28000" ||
                            failed.sqlstate() == "3D000" || failed.sqlstate() == "42501";
    return is_refused ? std::optional{false} : std::nullopt;
  }
}

std::vector<placed_log_in> log_ins_of_declared_keys(const place_look& look) {
  if (look.is != place_look::state::present) return {};
  auto all = log_ins_in(look.values, look.sink);
  std::erase_if(all, [&](const placed_log_in& one) {
    return std::ranges::find(look.sink.keys, one.key, &secret_key::name) == look.sink.keys.end();
  });
  return all;
}

// Several keys of one service mostly hold one log-in.
class log_in_tries {
 public:
  log_in_tries(const server_access& access, conninfo service) : access_{access}, service_{std::move(service)} {}

  void run(const std::vector<placed_log_in>& asked, place_look& into) {
    for (const auto& one : asked) {
      const auto same = std::ranges::find_if(tried_, [&](const auto& other) {
        return other.first.user == one.user && other.first.password == one.password &&
               other.first.database == one.database;
      });
      const auto works = same != tried_.end() ? same->second : does_log_in(access_, one, service_);
      if (same == tried_.end()) tried_.emplace_back(one, works);
      if (works) into.logs_in[one.key] = *works;
    }
  }

 private:
  const server_access& access_;
  conninfo service_;
  std::vector<std::pair<placed_log_in, std::optional<bool>>> tried_;
};

place_look look_at(const estate& all, const secret_store& store, const service_declaration& service,
                   const secret_sink& sink, const secret_place& place, const conninfo& target) {
  place_look look{.service = service.name, .owner = owner_of(all, service), .sink = sink, .user = target.user};
  // What Innkeeper only watches, it only reads.
  if (!is_managed(service)) look.sink.managed_by = secret_manager::external;
  auto entry = place.read();
  look.is = state_of(entry.state);
  look.problem = std::move(entry.problem);
  look.kept_by = std::move(entry.kept_by);
  look.values = std::move(entry.content.keys);
  look.password = target.password;
  look.knows_password = target.password.has_value();
  if (look.knows_password) look.wanted = content_of(sink, facts_for(all, store, service, target, sink.keys));
  return look;
}

place_look look_without_place(const service_declaration& service, const secret_sink& sink, const opened_place& tried) {
  place_look look{.service = service.name, .sink = sink, .problem = tried.problem};
  look.is = place_look::state::unreadable;
  if (tried.problem.empty()) {
    look.is = place_look::state::out_of_reach;
    look.problem = tried.why_not;
  }
  return look;
}

// Services may share a place, and our own threads would keep finding it changed.
std::mutex& guard_of(const secret_sink& sink) {
  static std::mutex guard;
  static std::map<std::string, std::mutex> guards;
  const std::lock_guard lock{guard};
  return guards[sink.place];
}

bool write_place(const estate& all, const secret_store& store, const service_declaration& service,
                 const secret_sink& sink, secret_place& place, const conninfo& target, bool overwrites) {
  const auto wanted = content_of(sink, facts_for(all, store, service, target, sink.keys));
  const std::lock_guard lock{guard_of(sink)};
  constexpr int most_tries = 5;
  for (int tries = 0; tries < most_tries; ++tries) {
    const auto entry = place.read();
    if (entry.state == stored_state::unreadable)
      throw error{exit_code::failed, fmt::format("secret {} can't be read", name_of(sink)), entry.problem};
    const place_look look{.service = service.name,
                          .owner = owner_of(all, service),
                          .sink = sink,
                          .is = state_of(entry.state),
                          .values = entry.content.keys,
                          .knows_password = true,
                          .wanted = wanted,
                          .user = target.user,
                          .password = target.password};
    const auto keys = keys_to_write(look, overwrites);
    if (!keys) return false;
    if (place.write(*keys, look.owner, entry.content.version)) return true;
  }
  throw error{
      exit_code::may_retry, fmt::format("other hands keep changing secret {}", name_of(sink)), {}, "Run this again."};
}

// Why it could not be done; empty where it was, or there was nothing to do.
std::string clear_place(const estate& all, const service_declaration& service, const secret_sink& sink) {
  if (sink.managed_by == secret_manager::external) return {};
  try {
    const auto opened = open_place(all, service, sink);
    if (!opened.place) return opened.problem;  // what is out of reach was never written
    const auto entry = opened.place->read();
    if (entry.state == stored_state::absent) return {};
    if (entry.state == stored_state::unreadable) return entry.problem;
    return opened.place->write({}, owner_of(all, service), entry.content.version) ? "" : "another hand is writing it";
  } catch (const error& failed) {
    return whole_text(failed);
  }
}

}  // namespace

opened_place open_place(const estate& all, const service_declaration& service, const secret_sink& sink) {
  switch (sink.kind) {
    case place_kind::kubernetes:
      return open_in_kubernetes(all, service, sink);
    case place_kind::file:
      return {.place = env_file_place(sink.place, sink.shown)};
    case place_kind::directory:
      return {.place = directory_place(sink.place, sink.shown)};
  }
  return {};
}

secret_store store_of(const estate& all) {
  const auto services = std::make_shared<const placing_services>(services_with_places(all));
  if (services->empty()) return secret_store{all.secrets_directory};
  const auto of_log_in = [services](std::string_view server, const role_name& role) {
    const auto found = services->find({std::string{server}, role});
    return found == services->end() ? std::vector<const service_declaration*>{} : found->second;
  };
  const auto is_external = [of_log_in](std::string_view server, const role_name& role) {
    return is_made_elsewhere(of_log_in(server, role));
  };
  const auto read = [of_log_in, &all](std::string_view server, const role_name& role) {
    const auto asked = of_log_in(server, role);
    return password_reader{all, role, is_made_elsewhere(asked)}.read(asked);
  };
  return secret_store{all.secrets_directory, {.read = read, .is_external = is_external}};
}

std::string owner_of(const estate& all, const service_declaration& service) {
  return all.name + "/" + service.name;
}

secret_facts facts_for(const estate& all, const secret_store& store, const service_declaration& service,
                       const conninfo& target, const std::vector<secret_key>& keys) {
  secret_facts facts{.target = target, .schema = service.schema.value};
  if (any_uses(keys, [](const secret_template& one) { return uses(one, secret_part::verifier); })) {
    const auto entry = store.read(service.server, target.user);
    if (entry.state == stored_state::present && entry.value.password == target.password)
      facts.verifier = entry.value.verifier;
  }
  if (any_uses(keys, [](const secret_template& one) { return uses(one, secret_part::ca); }))
    read_certificate(target, facts);
  if (all.redis && any_uses(keys, uses_redis)) {
    facts.redis =
        redis_facts{.address = all.redis->address, .user = all.redis->user, .db = service.redis_db.value_or(0)};
    find_broker_password(all.redis->passwords, "redis", *facts.redis);
  }
  if (all.rabbitmq && any_uses(keys, uses_rabbitmq)) {
    facts.rabbitmq = rabbitmq_facts{.address = all.rabbitmq->address,
                                    .user = all.rabbitmq->user.empty() ? "guest" : all.rabbitmq->user,
                                    .vhost = service.rabbitmq_vhost};
    find_broker_password(all.rabbitmq->passwords, "rabbitmq", *facts.rabbitmq);
  }
  return facts;
}

std::vector<place_look> look_at_places(const estate& all, const secret_store& store, const server_access& access,
                                       const std::set<std::string>& services, log_in_trials trials,
                                       const log_in_pairs& pairs) {
  std::vector<const service_declaration*> meant;
  for (const auto& one : all.services) {
    const bool is_asked_for = services.empty() || services.contains(one.name);
    const bool is_in_service = one.mode != management_mode::retired;
    if (one.server == access.server->name && is_asked_for && is_in_service && !one.secrets.empty())
      meant.push_back(&one);
  }
  if (meant.empty()) return {};
  std::vector<std::vector<place_look>> found(meant.size());
  const auto look_at_service = [&](const service_declaration& service, std::vector<place_look>& into) {
    const auto target = service_conninfo(store, service, access, pairs);
    log_in_tries tries{access, target};
    for (const auto& sink : service.secrets) {
      const auto opened = open_place(all, service, sink);
      if (!opened.place) {
        into.push_back(look_without_place(service, sink, opened));
        continue;
      }
      into.push_back(look_at(all, store, service, sink, *opened.place, target));
      if (trials == log_in_trials::strange) tries.run(log_ins_to_try(into.back()), into.back());
      if (trials == log_in_trials::every) tries.run(log_ins_of_declared_keys(into.back()), into.back());
    }
  };
  parallel_for(meant.size(), services_at_once, [&](std::size_t i) {
    try {
      look_at_service(*meant[i], found[i]);
    } catch (const error& failed) {  // which log-in is in use can't be read
      found[i] = {look_without_place(*meant[i], meant[i]->secrets.front(), {.problem = whole_text(failed)})};
    }
  });
  std::vector<place_look> looks;
  for (auto& of_service : found) std::ranges::move(of_service, std::back_inserter(looks));
  return looks;
}

bool write_places(const estate& all, const secret_store& store, const service_declaration& service,
                  const conninfo& target, bool overwrites, const std::string& shown) {
  bool has_written = false;
  for (const auto& sink : service.secrets) {
    if (sink.managed_by == secret_manager::external || !is_managed(service)) continue;
    if (!shown.empty() && name_of(sink) != shown) continue;
    const auto opened = open_place(all, service, sink);
    if (!opened.problem.empty())
      throw error{exit_code::failed, fmt::format("secret {} can't be written", name_of(sink)), opened.problem};
    if (!opened.place) continue;
    has_written = write_place(all, store, service, sink, *opened.place, target, overwrites) || has_written;
  }
  return has_written;
}

void clear_places(const estate& all, const std::string& server, const event_sink& tell, const std::string& of_service) {
  for (const auto& service : all.services) {
    if (service.server != server || !(is_managed(service) || service.name == of_service)) continue;
    if (!of_service.empty() && service.name != of_service) continue;
    for (const auto& sink : service.secrets) {
      const auto problem = clear_place(all, service, sink);
      if (problem.empty()) continue;
      tell({.kind = event_kind::note,
            .server = server,
            .service = service.name,
            .text = fmt::format("secret {} was left as it is: {}", name_of(sink), problem)});
    }
  }
}

}  // namespace innkeeper::exec
