#include "innkeeper/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "innkeeper/error.h"
#include "pg/client_answer.h"

namespace innkeeper {

bool value::is_null() const {
  return from_->is_null(row_, column_);
}

std::string_view value::text() const {
  return from_->text(row_, column_);
}

value row::operator[](std::string_view column) const {
  const auto found = from_->find(column);
  if (!found) throw error{{.sqlstate = "42703", .message = fmt::format("the result has no column \"{}\"", column)}};
  return {*from_, number_, *found};
}

value row::operator[](std::size_t column) const {
  if (column >= from_->columns()) {
    throw error{{.sqlstate = "42703",
                 .message = fmt::format("the result has no column {}, it has {}", column, from_->columns())}};
  }
  return {*from_, number_, column};
}

std::size_t result::size() const {
  return answer_ ? answer_->rows() : 0;
}

row result::operator[](std::size_t number) const {
  if (number >= size()) throw std::out_of_range{fmt::format("the result has no row {}, it has {}", number, size())};
  return {*answer_, number};
}

std::vector<std::string> result::columns() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; answer_ && i < answer_->columns(); ++i) names.emplace_back(answer_->name(i));
  return names;
}

std::size_t result::affected_rows() const {
  return answer_ ? answer_->affected() : 0;
}

std::vector<notice> result::notices() const {
  std::vector<notice> all;
  if (!answer_) return all;
  for (const auto& one : answer_->notices()) {
    all.push_back({one.severity, one.sqlstate, one.message, one.detail, one.hint});
  }
  return all;
}

bool result::has_warning(std::string_view sqlstate) const {
  return answer_ && std::ranges::any_of(answer_->notices(), [&](const auto& one) {
           return one.severity == "WARNING" && one.sqlstate == sqlstate;
         });
}

}  // namespace innkeeper
