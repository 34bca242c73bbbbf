#include "core/secret_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/conninfo_dialects.h"
#include "core/diagnostic.h"
#include "core/display.h"
#include "core/text.h"

namespace innkeeper {
namespace {

struct quoting_row {
  std::string_view name;
  text_quoting quoting;
};
constexpr std::array quoting_rows{
    quoting_row{"raw", text_quoting::raw},       quoting_row{"url", text_quoting::url},
    quoting_row{"dotnet", text_quoting::dotnet}, quoting_row{"keyword", text_quoting::keyword},
    quoting_row{"json", text_quoting::json},     quoting_row{"shell", text_quoting::shell}};

// Thrown and caught in this file.
struct wrong_template {
  std::string problem;
  std::string hint;
};

std::string_view trimmed_word(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

const secret_part_row& part_named(std::string_view name) {
  const auto& all = all_secret_parts();
  const auto found = std::ranges::find(all, name, &secret_part_row::name);
  if (found != all.end()) return *found;
  std::vector<std::string_view> names;
  for (const auto& one : all) names.push_back(one.name);
  const auto meant = nearest(name, names);
  throw wrong_template{fmt::format("names part {}, which there is none of", quoted_for_display(name)),
                       meant.empty() ? "docs/secrets.md lists the parts." : fmt::format("Did you mean \"{}\"?", meant)};
}

text_quoting quoting_named(std::string_view name) {
  const auto* found = std::ranges::find(quoting_rows, name, &quoting_row::name);
  if (found != quoting_rows.end()) return found->quoting;
  throw wrong_template{fmt::format("names the quoting {}, which there is none of", quoted_for_display(name)),
                       "Use one of raw, url, dotnet, keyword, json, shell."};
}

// Where nothing in it can need quotes.
bool is_plain_part(secret_part part) {
  switch (part) {
    case secret_part::port:
    case secret_part::sslmode:
    case secret_part::session:
    case secret_part::redis_port:
    case secret_part::redis_db:
    case secret_part::rabbitmq_port:
      return true;
    default:
      return false;
  }
}

// Addresses keep their colons and brackets: they stand where a URL has its address.
bool is_address_part(secret_part part) {
  return part == secret_part::host || part == secret_part::hosts || part == secret_part::redis_address ||
         part == secret_part::redis_host || part == secret_part::rabbitmq_address || part == secret_part::rabbitmq_host;
}

bool is_whole_string(secret_part part) {
  return part == secret_part::connection || part == secret_part::jdbc_address || part == secret_part::prisma ||
         part == secret_part::redis_url || part == secret_part::rabbitmq_url;
}

struct written_piece {
  template_piece piece;
  bool names_quoting = false;
};

std::vector<written_piece> split(std::string_view text) {
  std::vector<written_piece> pieces;
  while (!text.empty()) {
    const auto open = text.find("{{");
    if (open != 0) pieces.push_back({.piece = {.text = std::string{text.substr(0, open)}}});
    if (open == std::string_view::npos) break;
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) throw wrong_template{"has {{ that no }} closes", ""};
    const auto inside = text.substr(open + 2, close - open - 2);
    const auto bar = inside.find('|');
    const auto& row = part_named(trimmed_word(inside.substr(0, bar)));
    written_piece one{.piece = {.part = row.part, .spoken = row.spoken.value_or(dialect::uri)}};
    if (bar != std::string_view::npos) {
      one.piece.quoting = quoting_named(trimmed_word(inside.substr(bar + 1)));
      one.names_quoting = true;
    }
    pieces.push_back(std::move(one));
    text.remove_prefix(close + 2);
  }
  return pieces;
}

bool is_dotnet_text(const std::vector<written_piece>& pieces) {
  const std::string& first = pieces.front().piece.text;
  const auto equals = first.find('=');
  return equals != std::string::npos && conninfo_dialects::is_dotnet_name(first.substr(0, equals)) &&
         std::ranges::any_of(pieces, [](const auto& one) { return one.piece.text.find(';') != std::string::npos; });
}

bool stands_in_quotes(const std::string& before) {
  return before.ends_with('"') || before.ends_with('\'');
}

void choose_quoting(std::vector<written_piece>& pieces) {
  const bool is_dotnet = is_dotnet_text(pieces);
  std::string before;  // the literal text so far
  for (auto& [piece, names_quoting] : pieces) {
    if (!piece.part) {
      before += piece.text;
      continue;
    }
    const bool is_first = &piece == &pieces.front().piece;
    if (names_quoting || is_plain_part(*piece.part) || (is_first && is_whole_string(*piece.part))) continue;
    if (before.find("://") != std::string::npos) {
      piece.quoting = text_quoting::url;
    } else if (is_dotnet) {
      if (stands_in_quotes(before))
        throw wrong_template{"has quotes around a part, which brings its own where it needs them",
                             "Leave the quotes out."};
      piece.quoting = text_quoting::dotnet;
    } else if (!is_address_part(*piece.part)) {
      throw wrong_template{
          "does not say how a part is quoted",
          "Name the quoting inside the braces, such as {{ password | url }}: raw, url, dotnet, keyword, json, shell."};
    }
  }
}

secret_template compile(std::string_view text) {
  secret_template result{.written = std::string{text}};
  if (text.find("{{") == std::string_view::npos) {
    const auto& row = part_named(text);
    result.pieces.push_back({.part = row.part, .spoken = row.spoken.value_or(dialect::uri)});
    return result;
  }
  auto pieces = split(text);
  if (pieces.size() > 1) choose_quoting(pieces);
  for (auto& one : pieces) result.pieces.push_back(std::move(one.piece));
  return result;
}

std::string json_quoted(std::string_view value) {
  std::string text;
  for (const char byte : value) {
    if (byte == '"' || byte == '\\') {
      text += '\\';
      text += byte;
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
    } else {
      text += byte;
    }
  }
  return text;
}

}  // namespace

const std::vector<secret_part_row>& all_secret_parts() {
  static const std::vector<secret_part_row> all{
      {"uri", secret_part::connection, dialect::uri, "libpq's URI"},
      {"keyword", secret_part::connection, dialect::keyword, "libpq's keyword=value pairs"},
      {"dotnet", secret_part::connection, dialect::dotnet, "Npgsql's pairs"},
      {"jdbc", secret_part::connection, dialect::jdbc, "pgJDBC's URL, with user and password"},
      {"jdbc.address", secret_part::jdbc_address, {}, "pgJDBC's URL without them"},
      {"sqlalchemy", secret_part::connection, dialect::sqlalchemy, "SQLAlchemy's URL for psycopg2"},
      {"asyncpg", secret_part::connection, dialect::asyncpg, "SQLAlchemy's URL for asyncpg"},
      {"go", secret_part::connection, dialect::go, "lib/pq's URL"},
      {"node", secret_part::connection, dialect::node, "node-postgres' URL"},
      {"prisma", secret_part::prisma, {}, "Prisma's URL, with the schema"},
      {"pgpass", secret_part::pgpass, {}, "a line of libpq's password file"},
      {"host", secret_part::host, {}, "the server's host; several with commas between them"},
      {"port", secret_part::port, {}, "its port; one for each host where they differ"},
      {"hosts", secret_part::hosts, {}, "HOST:PORT,HOST:PORT, for the address of a URL"},
      {"database", secret_part::database, {}, "the database"},
      {"schema", secret_part::schema, {}, "the service's schema"},
      {"user", secret_part::user, {}, "the log-in"},
      {"password", secret_part::password, {}, "its password"},
      {"verifier", secret_part::verifier, {}, "its SCRAM verifier, for poolers"},
      {"sslmode", secret_part::sslmode, {}, "libpq's sslmode"},
      {"ca", secret_part::ca, {}, "the certificate authority's certificate itself, PEM"},
      {"ca_file", secret_part::ca_file, {}, "where the application finds that certificate"},
      {"target_session_attrs", secret_part::session, {}, "libpq's target_session_attrs"},
      {"redis.url", secret_part::redis_url, {}, "redis://:PASSWORD@HOST:PORT/DB"},
      {"redis.address", secret_part::redis_address, {}, "HOST:PORT"},
      {"redis.host", secret_part::redis_host, {}, "the host"},
      {"redis.port", secret_part::redis_port, {}, "the port"},
      {"redis.db", secret_part::redis_db, {}, "the database number"},
      {"redis.user", secret_part::redis_user, {}, "the user"},
      {"redis.password", secret_part::redis_password, {}, "the password"},
      {"rabbitmq.url", secret_part::rabbitmq_url, {}, "amqp://USER:PASSWORD@HOST:PORT/VHOST"},
      {"rabbitmq.address", secret_part::rabbitmq_address, {}, "HOST:PORT"},
      {"rabbitmq.host", secret_part::rabbitmq_host, {}, "the host"},
      {"rabbitmq.port", secret_part::rabbitmq_port, {}, "the port"},
      {"rabbitmq.vhost", secret_part::rabbitmq_vhost, {}, "the virtual host"},
      {"rabbitmq.user", secret_part::rabbitmq_user, {}, "the user"},
      {"rabbitmq.password", secret_part::rabbitmq_password, {}, "the password"},
  };
  return all;
}

parsed_secret_template parse_secret_template(std::string_view text) {
  try {
    return {.value = compile(text)};
  } catch (wrong_template& wrong) {
    return {.problem = std::move(wrong.problem), .hint = std::move(wrong.hint)};
  }
}

bool uses(const secret_template& one, secret_part part) {
  return std::ranges::find(one.pieces, std::optional{part}, &template_piece::part) != one.pieces.end();
}

bool uses_redis(const secret_template& one) {
  return std::ranges::any_of(one.pieces, [](const template_piece& piece) {
    return piece.part && *piece.part >= secret_part::redis_url && *piece.part <= secret_part::redis_password;
  });
}

bool uses_rabbitmq(const secret_template& one) {
  return std::ranges::any_of(one.pieces, [](const template_piece& piece) {
    return piece.part && *piece.part >= secret_part::rabbitmq_url && *piece.part <= secret_part::rabbitmq_password;
  });
}

std::string quoted_as(std::string_view value, text_quoting quoting) {
  switch (quoting) {
    case text_quoting::raw:
      break;
    case text_quoting::url:
      return conninfo_dialects::percent_encoded(value);
    case text_quoting::dotnet:
      return conninfo_dialects::dotnet_quoted(value);
    case text_quoting::keyword:
      return conninfo_dialects::keyword_quoted(value);
    case text_quoting::json:
      return json_quoted(value);
    case text_quoting::shell:
      return "'" + replace_all(std::string{value}, "'", "'\\''") + "'";
  }
  return std::string{value};
}

}  // namespace innkeeper
