#pragma once
// A file of SQL as the statements that are sent one by one. By the real scanner, and what it can't know: the data lines
// of COPY … FROM stdin, psql's meta-commands, bodies in BEGIN ATOMIC … END, a BOM. Pure.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"

namespace innkeeper::migration {

struct sql_statement {
  std::string text;  // from its first token to its last, without the semicolon
  location where;    // of its first token; lines and columns from 1, columns in characters
  // The lines behind COPY … FROM stdin, each with its line break, without the last line `\.`.
  std::optional<std::string> copy_data;
  std::vector<std::string> comments;  // -- lines directly before it, each as written, for what they say to us

  friend bool operator==(const sql_statement&, const sql_statement&) = default;
};

struct split_result {
  std::vector<sql_statement> statements;
  diagnostics problems;  // errors: an unterminated string, a meta-command, no UTF-8; warnings: what is left out
};

// `file` names the text in places; `first_line` is the line of the file that the text begins at, for a section of it.
// \restrict and \unrestrict of newer dumps are left out with no word; other meta-commands are errors that say what to
// do instead.
[[nodiscard]] split_result split_sql(std::string_view text, const std::string& file, int first_line = 1);

// The place of a character (from 1, as the server counts) of a statement's text.
[[nodiscard]] location place_in(const sql_statement& statement, int character);

}  // namespace innkeeper::migration
