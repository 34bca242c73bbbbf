#include "core/secret_content.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/conninfo_dialects.h"
#include "core/conninfo_prisma.h"

namespace innkeeper {
namespace {

using conninfo_dialects::bracketed;
using conninfo_dialects::percent_encoded;

// Thrown and caught in this file.
struct unsayable {
  std::string problem;
};

int port_or_default(const endpoint& one) {
  return one.port == 0 ? 5432 : one.port;
}

std::string host_list(const conninfo& target) {
  if (target.endpoints.empty()) throw unsayable{"the server's host is not known"};
  return conninfo_dialects::joined_hosts(target.endpoints);
}

std::string port_list(const conninfo& target) {
  auto all = target.endpoints;
  for (auto& one : all) one.port = port_or_default(one);
  return all.empty() ? "5432" : conninfo_dialects::joined_ports(all);
}

// pgJDBC takes an address as it stands; the others decode it.
std::string url_host(const std::string& host, bool is_jdbc) {
  return is_jdbc ? bracketed(host) : conninfo_dialects::uri_host_text(host);
}

std::string hosts_with_ports(const conninfo& target, bool is_jdbc) {
  std::string text;
  for (const auto& one : target.endpoints) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", url_host(one.host, is_jdbc), port_or_default(one));
  }
  if (text.empty()) throw unsayable{"the server's host is not known"};
  return text;
}

const secret& password_of(const conninfo& target) {
  if (!target.password) throw unsayable{"the password is not known"};
  return *target.password;
}

std::string parameter_of(const conninfo& target, const std::string& name) {
  const auto found = target.parameters.find(name);
  return found == target.parameters.end() ? "" : found->second;
}

// A password, or a certificate that the connection names.
void require_way_in(const conninfo& target) {
  if (!target.parameters.contains("sslcert")) (void)password_of(target);
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string pgpass_field(std::string_view value) {
  if (value.find('\n') != std::string_view::npos) throw unsayable{"a password file has no way to write a line end"};
  std::string text;
  for (const char byte : value) {
    if (byte == ':' || byte == '\\') text += '\\';
    text += byte;
  }
  return text;
}

std::string pgpass_lines(const conninfo& target) {
  std::string text;
  for (const auto& one : target.endpoints) {
    text += fmt::format("{}{}:{}:{}:{}:{}", text.empty() ? "" : "\n", pgpass_field(one.host), port_or_default(one),
                        pgpass_field(target.database.value), pgpass_field(target.user.value),
                        pgpass_field(password_of(target).expose()));
  }
  return text;
}

std::string said(const printed_conninfo& printed) {
  if (!printed.text) throw unsayable{printed.problem};
  return printed.text->expose();
}

conninfo without_log_in(conninfo target) {
  target.user = {};
  target.password.reset();
  return target;
}

std::string address_text(const broker_address& one) {
  return fmt::format("{}:{}", bracketed(one.host), one.port);
}

template <class Facts>
const secret& broker_password(const Facts& broker, std::string_view name) {
  if (broker.password) return *broker.password;
  throw unsayable{broker.password_problem.empty() ? fmt::format("{} declares no password", name)
                                                  : broker.password_problem};
}

// A broker without a declared password has none; one whose password is missing has one that we don't know.
template <class Facts>
std::string log_in_text(const Facts& broker) {
  if (!broker.password && !broker.password_problem.empty()) throw unsayable{broker.password_problem};
  if (broker.user.empty() && !broker.password) return {};
  const std::string said_password = broker.password ? ":" + percent_encoded(broker.password->expose()) : "";
  return percent_encoded(broker.user) + said_password + "@";
}

std::string redis_part(secret_part part, const redis_facts& redis) {
  switch (part) {
    case secret_part::redis_url:
      return fmt::format("{}://{}{}/{}", redis.address.is_tls ? "rediss" : "redis", log_in_text(redis),
                         address_text(redis.address), redis.db);
    case secret_part::redis_address:
      return address_text(redis.address);
    case secret_part::redis_host:
      return redis.address.host;
    case secret_part::redis_port:
      return std::to_string(redis.address.port);
    case secret_part::redis_db:
      return std::to_string(redis.db);
    case secret_part::redis_user:
      return redis.user.empty() ? "default" : redis.user;
    default:
      return broker_password(redis, "redis").expose();
  }
}

std::string rabbitmq_part(secret_part part, const rabbitmq_facts& rabbitmq) {
  switch (part) {
    case secret_part::rabbitmq_url:
      return fmt::format("{}://{}{}/{}", rabbitmq.address.is_tls ? "amqps" : "amqp", log_in_text(rabbitmq),
                         address_text(rabbitmq.address), percent_encoded(rabbitmq.vhost));
    case secret_part::rabbitmq_address:
      return address_text(rabbitmq.address);
    case secret_part::rabbitmq_host:
      return rabbitmq.address.host;
    case secret_part::rabbitmq_port:
      return std::to_string(rabbitmq.address.port);
    case secret_part::rabbitmq_vhost:
      return rabbitmq.vhost;
    case secret_part::rabbitmq_user:
      return rabbitmq.user;
    default:
      return broker_password(rabbitmq, "rabbitmq").expose();
  }
}

std::string text_of(secret_part part, dialect spoken, const secret_facts& facts) {
  const auto& target = facts.target;
  switch (part) {
    case secret_part::connection:
      require_way_in(target);
      return said(print_conninfo(target, spoken));
    case secret_part::jdbc_address:
      return said(print_conninfo(without_log_in(target), dialect::jdbc));
    case secret_part::prisma:
      require_way_in(target);
      return said(print_prisma(target, facts.schema.value));
    case secret_part::pgpass:
      return pgpass_lines(target);
    case secret_part::host:
      return host_list(target);
    case secret_part::port:
      return port_list(target);
    case secret_part::hosts:
      return hosts_with_ports(target, false);
    case secret_part::database:
      return target.database.value;
    case secret_part::schema:
      return facts.schema.value;
    case secret_part::user:
      return target.user.value;
    case secret_part::password:
      return password_of(target).expose();
    case secret_part::verifier:
      if (!facts.verifier) throw unsayable{"the verifier is not known"};
      return facts.verifier->expose();
    case secret_part::sslmode:
      return parameter_of(target, "sslmode");
    case secret_part::ca:
      if (!facts.ca_problem.empty()) throw unsayable{facts.ca_problem};
      return without_line_end(facts.ca);
    case secret_part::ca_file:
      return parameter_of(target, "sslrootcert");
    case secret_part::session:
      return parameter_of(target, "target_session_attrs");
    default:
      break;
  }
  if (part <= secret_part::redis_password) {
    if (!facts.redis) throw unsayable{"no redis is declared"};
    return redis_part(part, *facts.redis);
  }
  if (!facts.rabbitmq) throw unsayable{"no rabbitmq is declared"};
  return rabbitmq_part(part, *facts.rabbitmq);
}

// "{{ uri }}?x=y": the string may have a query of its own already.
std::string joined(const std::string& before, const std::string& literal) {
  const bool has_query = before.find('?') != std::string::npos;
  const bool is_query = literal.starts_with('?') || literal.starts_with('&');
  if (!is_query || before.find("://") == std::string::npos) return before + literal;
  return before + (has_query ? "&" : "?") + literal.substr(1);
}

std::string in_url(const template_piece& piece, const std::string& before, const secret_facts& facts) {
  const bool is_host = *piece.part == secret_part::host;
  if (is_host && facts.target.endpoints.size() > 1)
    throw unsayable{"a URL has no place for several hosts beside each other: use {{ hosts }} for host and port"};
  const bool is_jdbc = before.starts_with("jdbc:");
  if (*piece.part == secret_part::hosts) return hosts_with_ports(facts.target, is_jdbc);
  const auto text = text_of(*piece.part, piece.spoken, facts);
  if (is_host || *piece.part == secret_part::redis_host || *piece.part == secret_part::rabbitmq_host)
    return url_host(text, is_jdbc);
  if (*piece.part == secret_part::redis_address || *piece.part == secret_part::rabbitmq_address) return text;
  auto encoded = percent_encoded(text);
  const bool is_sqlalchemy = before.starts_with("postgresql+") || before.starts_with("postgres+");
  if (is_sqlalchemy && *piece.part == secret_part::database && encoded != text)
    throw unsayable{"SQLAlchemy does not decode a database's name in its URL: use sqlalchemy or asyncpg"};
  return encoded;
}

std::string rendered_pieces(const secret_template& one, const secret_facts& facts) {
  std::string text;
  bool follows_whole_string = false;
  for (const auto& piece : one.pieces) {
    if (!piece.part) {
      text = follows_whole_string ? joined(text, piece.text) : text + piece.text;
    } else if (piece.quoting == text_quoting::url) {
      text += in_url(piece, text, facts);
    } else {
      text += quoted_as(text_of(*piece.part, piece.spoken, facts), piece.quoting);
    }
    follows_whole_string = piece.part && &piece == &one.pieces.front();
  }
  return text;
}

// A template's words around the parts are the user's: what reads as a connection has to be this one.
void check_reading(const secret_template& one, const std::string& text, const conninfo& target) {
  if (one.pieces.size() < 2 || !uses(one, secret_part::password)) return;
  const auto read = parse_conninfo(text);
  if (!read.value || !target.password) return;
  const auto& found = *read.value;
  const bool is_right = found.password == target.password && (found.user.empty() || found.user == target.user);
  if (!is_right) throw unsayable{"the template, read as a connection string, gives another user or password"};
}

secret_facts facts_for(const secret_sink& sink, const secret_facts& facts) {
  secret_facts own = facts;
  if (!sink.ca_file.empty() && own.target.parameters.contains("sslrootcert"))
    own.target.parameters["sslrootcert"] = sink.ca_file;
  return own;
}

// A file of this machine means nothing inside a pod.
bool names_unreachable_ca(const secret_sink& sink, const secret_facts& facts) {
  const auto file = parameter_of(facts.target, "sslrootcert");
  return sink.kind == place_kind::kubernetes && sink.ca_file.empty() && !file.empty() && file != "system";
}

bool names_ca_file(const secret_template& one) {
  return std::ranges::any_of(one.pieces, [](const template_piece& piece) {
    return piece.part && (*piece.part == secret_part::connection || *piece.part == secret_part::jdbc_address ||
                          *piece.part == secret_part::prisma || *piece.part == secret_part::ca_file);
  });
}

std::string without_cluster_domain(std::string_view host) {
  for (const std::string_view domain : {".svc.cluster.local", ".svc"}) {
    if (host.ends_with(domain)) host.remove_suffix(domain.size());
  }
  return std::string{host};
}

std::vector<endpoint> comparable(std::vector<endpoint> all) {
  for (auto& one : all) one = {without_cluster_domain(one.host), port_or_default(one)};
  return all;
}

std::string comparable_address(std::string_view text) {
  const auto colon = text.rfind(':');
  return without_cluster_domain(text.substr(0, colon)) +
         (colon == std::string_view::npos ? std::string{} : std::string{text.substr(colon)});
}

const placed_value* find_placed(const placed_values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() || found->second.value.empty() ? nullptr : &found->second;
}

std::optional<placed_log_in> log_in_of_text(const std::string& key, const secret& text) {
  auto parsed = parse_conninfo(text.expose());
  if (!parsed.value || !parsed.value->password || parsed.value->user.empty()) return std::nullopt;
  auto& found = *parsed.value;
  return placed_log_in{key, found.user, *found.password, found.database, found.endpoints};
}

bool is_alone(const secret_template& one, secret_part part) {
  return one.pieces.size() == 1 && one.pieces.front().part == part && one.pieces.front().quoting == text_quoting::raw;
}

std::string value_of_part(const placed_values& values, const secret_sink& sink, secret_part part) {
  for (const auto& key : sink.keys) {
    const auto* found = find_placed(values, key.name);
    if (found != nullptr && is_alone(key.content, part)) return found->value.expose();
  }
  return {};
}

}  // namespace

rendered_template render(const secret_template& one, const secret_facts& facts) {
  try {
    auto text = rendered_pieces(one, facts);
    check_reading(one, text, facts.target);
    if (text.ends_with('\n') || text.ends_with('\r'))
      throw unsayable{"it would end in a line end, which readers of files and keys take off"};
    return {.text = secret{std::move(text)}};
  } catch (unsayable& failure) {
    return {.problem = std::move(failure.problem)};
  }
}

secret_content content_of(const secret_sink& sink, const secret_facts& facts) {
  secret_content content;
  const auto own = facts_for(sink, facts);
  for (const auto& key : sink.keys) {
    if (names_unreachable_ca(sink, facts) && names_ca_file(key.content)) {
      if (key.content.is_optional) continue;
      content.problems.push_back(
          {key.name, "the application's path of the certificate authority is not declared: say ca_file", key.where});
      continue;
    }
    auto rendered = render(key.content, own);
    if (!rendered.text) {
      content.problems.push_back({key.name, std::move(rendered.problem), key.where});
    } else if (!key.content.is_optional || !rendered.text->empty()) {
      content.values[key.name] = std::move(*rendered.text);
    }
  }
  return content;
}

std::vector<placed_log_in> log_ins_in(const placed_values& values, const secret_sink& sink) {
  std::vector<placed_log_in> found;
  std::map<std::string, bool> seen;
  for (const auto& key : sink.keys) {
    const auto* placed = find_placed(values, key.name);
    if (placed == nullptr) continue;
    seen[key.name] = true;
    if (is_alone(key.content, secret_part::password)) {
      found.push_back({.key = key.name,
                       .user = {value_of_part(values, sink, secret_part::user)},
                       .password = placed->value,
                       .database = {value_of_part(values, sink, secret_part::database)}});
    } else if (auto log_in = log_in_of_text(key.name, placed->value)) {
      found.push_back(std::move(*log_in));
    }
  }
  for (const auto& [key, placed] : values) {
    if (seen.contains(key)) continue;
    if (auto log_in = log_in_of_text(key, placed.value)) found.push_back(std::move(*log_in));
  }
  return found;
}

bool says_the_same(const secret& one, const secret& other) {
  if (one == other) return true;
  const auto first = parse_conninfo(one.expose());
  const auto second = parse_conninfo(other.expose());
  if (first.value && second.value) {
    // A driver's own settings would be lost with the words that say them.
    if (!first.ignored.empty() || !second.ignored.empty()) return false;
    auto left = *first.value;
    auto right = *second.value;
    left.endpoints = comparable(std::move(left.endpoints));
    right.endpoints = comparable(std::move(right.endpoints));
    return left == right;
  }
  if (first.value || second.value) return false;
  return comparable_address(one.expose()) == comparable_address(other.expose());
}

}  // namespace innkeeper
