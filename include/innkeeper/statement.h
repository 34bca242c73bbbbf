#pragma once
// SQL and its parameters. A statement is made once, for the whole program, and called with its parameters:
//
//   const innkeeper::statement insert_order{"INSERT INTO orders (id, user_id) VALUES ($1, $2)"};
//   session->execute(insert_order(id, user));
//
// Each connection prepares it when it first needs it, in the same round trip. Parameters travel apart from the text, so
// that no value can be taken for SQL.
//
// Thread-safety: all of this may be copied and used in many threads at once.
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "innkeeper/types.h"

namespace innkeeper {

namespace detail {

struct statement_text;

template <class T>
concept character = std::same_as<T, char> || std::same_as<T, signed char> || std::same_as<T, unsigned char> ||
    std::same_as<T, wchar_t> || std::same_as<T, char8_t> || std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept whole_number = std::integral<T> && !std::same_as<T, bool> && !character<T>;

// As PostgreSQL reads them. Throw error 22021 for text with U+0000, which PostgreSQL can't hold.
std::string to_text(bool value);
std::string to_text(std::int64_t value);
std::string to_text(std::uint64_t value);
std::string to_text(float value);
std::string to_text(double value);
std::string to_text(std::string_view value);
std::string to_text(std::span<const std::byte> value);
std::string to_text(timestamp value);

template <whole_number T>
std::string to_text(T value) {
  if constexpr (std::signed_integral<T>) {
    return to_text(std::int64_t{value});
  } else {
    return to_text(std::uint64_t{value});
  }
}

// {1,NULL,"a \"b\""}
class array_text {
 public:
  template <class T>
  void add(const T& value) {
    add_element(to_text(value), whole_number<T>);
  }
  void add(const char* value) { add(std::string_view{value}); }
  void add(const std::string& value) { add(std::string_view{value}); }
  void add(const bytea& value) { add(std::span<const std::byte>{value}); }
  template <class T>
  void add(const std::optional<T>& value) {
    if (value) {
      add(*value);
    } else {
      add_null();
    }
  }
  [[nodiscard]] std::string finish() && { return std::move(text_) + "}"; }

 private:
  void add_element(std::string_view text, bool is_bare);
  void add_null();

  std::string text_ = "{";
};

}  // namespace detail

// One value. What it becomes is the server's to infer from the statement: text goes into uuid, numeric, jsonb, enum and
// date columns too. Where it can't infer ("could not determine data type"), say it: unnest($1::int8[]).
class parameter {
 public:
  parameter(std::nullopt_t) {}  // NULL
  template <std::same_as<bool> T>
  parameter(T value) : content_{detail::to_text(value)}, kind_{kind::text} {}
  template <detail::whole_number T>
  parameter(T value) : content_{detail::to_text(value)}, kind_{kind::text} {}
  template <std::floating_point T>
  parameter(T value) : content_{detail::to_text(value)}, kind_{kind::text} {}
  parameter(std::string_view value) : content_{detail::to_text(value)}, kind_{kind::text} {}
  parameter(const std::string& value) : parameter{std::string_view{value}} {}
  parameter(const char* value) : parameter{value == nullptr ? parameter{std::nullopt} : std::string_view{value}} {}
  parameter(std::nullptr_t) = delete;
  parameter(std::span<const std::byte> value);
  parameter(const bytea& value) : parameter{std::span<const std::byte>{value}} {}
  parameter(timestamp value) : content_{detail::to_text(value)}, kind_{kind::text} {}
  template <class Duration>
  parameter(std::chrono::sys_time<Duration> value)
      : parameter{timestamp{std::chrono::floor<std::chrono::microseconds>(value)}} {}

  template <class T>
  parameter(const std::optional<T>& value) : parameter{value ? parameter{*value} : parameter{std::nullopt}} {}

  // An array of any of these or of std::optional of them, for int4[], int8[], text[], uuid[] …
  template <class T>
  requires(!std::same_as<T, parameter>) parameter(const std::vector<T>& values) : kind_{kind::text} {
    detail::array_text array;
    for (const auto& one : values) array.add(static_cast<const T&>(one));  // std::vector<bool> gives no bool
    content_ = std::move(array).finish();
  }
  template <class T>
  parameter(std::span<const T> values) : kind_{kind::text} {
    detail::array_text array;
    for (const T& one : values) array.add(one);
    content_ = std::move(array).finish();
  }

  [[nodiscard]] bool is_null() const { return kind_ == kind::null; }
  [[nodiscard]] bool is_binary() const { return kind_ == kind::binary; }
  [[nodiscard]] const std::string& content() const { return content_; }

 private:
  enum class kind { null, text, binary };

  std::string content_;
  kind kind_ = kind::null;
};

class bound_statement;

class statement {
 public:
  explicit statement(std::string sql);
  // One that is used once or seldom, or whose text is made as the program runs: the server doesn't keep it.
  [[nodiscard]] static statement once(std::string sql);

  // With $1, $2 … in order. Too few or too many: error 08P01.
  template <class... Values>
  [[nodiscard]] bound_statement operator()(const Values&... values) const;

  [[nodiscard]] std::string_view sql() const;

 private:
  friend class bound_statement;
  explicit statement(std::shared_ptr<const detail::statement_text> text) : text_{std::move(text)} {}

  std::shared_ptr<const detail::statement_text> text_;
};

// A statement with its parameters: a value, to be run now, queued, or run by another thread.
class bound_statement {
 public:
  bound_statement(const statement& one) : text_{one.text_} {}
  bound_statement(const statement& one, std::vector<parameter> parameters)
      : text_{one.text_}, parameters_(std::move(parameters)) {}
  // Text as it stands, like statement::once. One statement, not several.
  bound_statement(std::string_view sql);
  bound_statement(const std::string& sql) : bound_statement{std::string_view{sql}} {}
  bound_statement(const char* sql) : bound_statement{std::string_view{sql}} {}

  [[nodiscard]] const detail::statement_text& text() const { return *text_; }
  [[nodiscard]] const std::vector<parameter>& parameters() const { return parameters_; }

 private:
  std::shared_ptr<const detail::statement_text> text_;
  std::vector<parameter> parameters_;
};

template <class... Values>
bound_statement statement::operator()(const Values&... values) const {
  std::vector<parameter> parameters;
  parameters.reserve(sizeof...(values));
  (parameters.emplace_back(values), ...);
  return {*this, std::move(parameters)};
}

}  // namespace innkeeper
