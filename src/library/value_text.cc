// Values of results, from the text that PostgreSQL prints.
#include <charconv>

#include "innkeeper/error.h"
#include "innkeeper/result.h"
#include "library/timestamp_text.h"

namespace innkeeper::detail {
namespace {

// The value itself may be personal: it is not repeated.
[[noreturn]] void refuse(std::string_view what) {
  throw error{{.sqlstate = "22P02", .message = "a value of the result is no " + std::string{what}}};
}

template <class T>
T read_floating(std::string_view text) {
  T value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range) {
    throw error{{.sqlstate = "22003", .message = "a number of the result is out of range"}};
  }
  if (problem != std::errc{} || end != text.data() + text.size()) refuse("number");
  return value;
}

unsigned hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  refuse("bytea");
}

bytea read_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) refuse("bytea");
  bytea all;
  all.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    all.push_back(static_cast<std::byte>(hex_digit(digits[i]) << 4U | hex_digit(digits[i + 1])));
  }
  return all;
}

// bytea_output = escape: "\\" is a backslash, "\001" a byte in octal.
bytea read_escaped(std::string_view text) {
  bytea all;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      all.push_back(static_cast<std::byte>(text[i]));
    } else if (text.substr(i + 1).starts_with('\\')) {
      all.push_back(std::byte{'\\'});
      ++i;
    } else {
      unsigned value = 0;
      const auto* begin = text.data() + i + 1;
      if (text.size() < i + 4 || std::from_chars(begin, begin + 3, value, 8).ptr != begin + 3) refuse("bytea");
      all.push_back(static_cast<std::byte>(value));
      i += 3;
    }
  }
  return all;
}

class array_reader {
 public:
  explicit array_reader(std::string_view text) : rest_{text} {}

  std::vector<std::optional<std::string>> read() {
    std::vector<std::optional<std::string>> all;
    skip_bounds();
    take('{');
    if (!rest_.starts_with('}')) {
      do all.push_back(element());
      while (skip(','));
    }
    take('}');
    if (!rest_.empty()) refuse("array of one dimension");
    return all;
  }

 private:
  // "[0:1]=", where they don't begin with 1.
  void skip_bounds() {
    const auto equals = rest_.find('=');
    if (rest_.starts_with('[') && equals != std::string_view::npos) rest_.remove_prefix(equals + 1);
  }

  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void take(char c) {
    if (!skip(c)) refuse("array of one dimension");
  }

  std::optional<std::string> element() {
    if (skip('"')) return quoted();
    const auto end = rest_.find_first_of(",{}\"\\");
    if (end == 0 || end == std::string_view::npos) refuse("array of one dimension");
    std::string text{rest_.substr(0, end)};
    rest_.remove_prefix(end);
    return text == "NULL" ? std::nullopt : std::optional{std::move(text)};
  }

  std::string quoted() {
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    take('"');
    return text;
  }

  std::string_view rest_;
};

}  // namespace

std::int64_t read_integer(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc::result_out_of_range || (problem == std::errc{} && (value < least || value > most))) {
    throw error{{.sqlstate = "22003", .message = "a number of the result is out of range"}};
  }
  if (problem != std::errc{} || end != text.data() + text.size()) refuse("whole number");
  return value;
}

void read(std::string_view text, bool& into) {
  if (text != "t" && text != "f") refuse("boolean");
  into = text == "t";
}

void read(std::string_view text, float& into) {
  into = read_floating<float>(text);
}

void read(std::string_view text, double& into) {
  into = read_floating<double>(text);
}

void read(std::string_view text, timestamp& into) {
  const auto found = parse_timestamp(text);
  if (!found) refuse("timestamp in ISO style");
  into = *found;
}

void read(std::string_view text, bytea& into) {
  into = text.starts_with("\\x") ? read_hex(text.substr(2)) : read_escaped(text);
}

std::vector<std::optional<std::string>> read_array(std::string_view text) {
  return array_reader{text}.read();
}

void refuse_null() {
  throw error{{.sqlstate = "22002", .message = "a value of the result is NULL; ask for std::optional of its type"}};
}

}  // namespace innkeeper::detail
