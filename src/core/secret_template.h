#pragma once
// What stands under a key of a secret: the name of a part, or a template, text with parts in double braces:
//
//   uri    password    redis.address    {{ uri }}?pool_max_conns=10    postgres://{{ user }}:{{ password }}@db/cafe
//
// Inside a template a part is quoted by the rules of the text around it, where that shows (a URL, .NET's pairs), else
// by those that it names: {{ password | json }}. Parsing knows no values; secret_content.h puts them in.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/conninfo.h"
#include "core/secret.h"

namespace innkeeper {

enum class secret_part {
  connection,    // a whole connection string in the piece's dialect
  jdbc_address,  // pgJDBC's URL without user and password
  prisma,        // Prisma's URL
  pgpass,        // a line of libpq's password file
  host,          // several as libpq lists them
  port,          //
  hosts,         // HOST:PORT,HOST:PORT, for URLs
  database,
  schema,
  user,
  password,
  verifier,
  sslmode,
  ca,       // the certificate authority's certificate itself, PEM
  ca_file,  // where the application finds it
  session,  // target_session_attrs
  redis_url,
  redis_address,
  redis_host,
  redis_port,
  redis_db,
  redis_user,
  redis_password,
  rabbitmq_url,
  rabbitmq_address,
  rabbitmq_host,
  rabbitmq_port,
  rabbitmq_vhost,
  rabbitmq_user,
  rabbitmq_password,
};

struct secret_part_row {
  std::string_view name;
  secret_part part;
  std::optional<dialect> spoken;  // of connection
  std::string_view purpose;
};
[[nodiscard]] const std::vector<secret_part_row>& all_secret_parts();

enum class text_quoting { raw, url, dotnet, keyword, json, shell };

struct template_piece {
  std::string text;  // literal, where there is no part
  std::optional<secret_part> part;
  dialect spoken = dialect::uri;
  text_quoting quoting = text_quoting::raw;

  friend bool operator==(const template_piece&, const template_piece&) = default;
};

struct secret_template {
  std::string written;
  std::vector<template_piece> pieces;
  bool is_optional = false;  // of presets: left out where the connection has no such part

  friend bool operator==(const secret_template&, const secret_template&) = default;
};

struct parsed_secret_template {
  std::optional<secret_template> value;
  std::string problem;  // "names part "pasword", which there is none of"
  std::string hint;
};

[[nodiscard]] parsed_secret_template parse_secret_template(std::string_view text);

[[nodiscard]] bool uses(const secret_template& one, secret_part part);
[[nodiscard]] bool uses_redis(const secret_template& one);
[[nodiscard]] bool uses_rabbitmq(const secret_template& one);

[[nodiscard]] std::string quoted_as(std::string_view value, text_quoting quoting);

}  // namespace innkeeper
