#include "pg/client_answer.h"

#include <charconv>

#include "pg/libpq.h"

namespace innkeeper::pg {

void client_answer::clearer::operator()(pg_result* result) const {
  PQclear(result);
}

std::size_t client_answer::rows() const {
  return static_cast<std::size_t>(PQntuples(rows_.get()));
}

std::size_t client_answer::columns() const {
  return static_cast<std::size_t>(PQnfields(rows_.get()));
}

std::string_view client_answer::name(std::size_t column) const {
  const char* text = PQfname(rows_.get(), static_cast<int>(column));
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

// Not PQfnumber, which folds upper case as SQL does and unquotes.
std::optional<std::size_t> client_answer::find(std::string_view wanted) const {
  for (std::size_t column = 0; column < columns(); ++column) {
    if (name(column) == wanted) return column;
  }
  return std::nullopt;
}

bool client_answer::is_null(std::size_t row, std::size_t column) const {
  return PQgetisnull(rows_.get(), static_cast<int>(row), static_cast<int>(column)) == 1;
}

std::string_view client_answer::text(std::size_t row, std::size_t column) const {
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  return {PQgetvalue(rows_.get(), r, c), static_cast<std::size_t>(PQgetlength(rows_.get(), r, c))};
}

std::string_view client_answer::tag() const {
  return PQcmdStatus(rows_.get());
}

std::size_t client_answer::affected() const {
  const std::string_view text = PQcmdTuples(rows_.get());
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace innkeeper::pg
