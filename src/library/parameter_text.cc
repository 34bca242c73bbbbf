// Parameters as the text that PostgreSQL reads.
#include <array>
#include <charconv>
#include <cmath>

#include "innkeeper/error.h"
#include "innkeeper/statement.h"
#include "library/timestamp_text.h"

namespace innkeeper {
namespace {

template <class T>
std::string shortest(T value) {
  std::array<char, 64> buffer;
  const auto [end, problem] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

template <class T>
std::string floating(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return shortest(value);
}

}  // namespace

namespace detail {

std::string to_text(bool value) {
  return value ? "t" : "f";
}

std::string to_text(std::int64_t value) {
  return shortest(value);
}

std::string to_text(std::uint64_t value) {
  return shortest(value);
}

std::string to_text(float value) {
  return floating(value);
}

std::string to_text(double value) {
  return floating(value);
}

std::string to_text(std::string_view value) {
  // libpq would end the text there, and PostgreSQL would never see the rest.
  if (value.find('\0') != std::string_view::npos) {
    throw error{{.sqlstate = "22021", .message = "a text parameter holds U+0000, which PostgreSQL has no place for"}};
  }
  return std::string{value};
}

std::string to_text(std::span<const std::byte> value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  text.reserve(2 + 2 * value.size());
  for (const auto one : value) {
    text += digits[std::to_integer<unsigned>(one) >> 4U];
    text += digits[std::to_integer<unsigned>(one) & 15U];
  }
  return text;
}

std::string to_text(timestamp value) {
  return to_timestamp_text(value);
}

void array_text::add_element(std::string_view text, bool is_bare) {
  if (text_.size() > 1) text_ += ',';
  if (is_bare) {
    text_ += text;
    return;
  }
  text_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') text_ += '\\';
    text_ += c;
  }
  text_ += '"';
}

void array_text::add_null() {
  add_element("NULL", true);
}

}  // namespace detail

parameter::parameter(std::span<const std::byte> value)
    : content_{reinterpret_cast<const char*>(value.data()), value.size()}, kind_{kind::binary} {}

}  // namespace innkeeper
