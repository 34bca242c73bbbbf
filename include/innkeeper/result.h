#pragma once
// What a statement gave: rows with typed access, and what the server remarked. A result is a value; it lives on after
// its connection, and copies share the rows.
//
//   for (const auto row : session->execute(orders_of(user))) {
//     show(row["id"].as<std::string>(), row["total"].as<std::optional<std::int64_t>>());
//   }
//
// Thread-safety: a result may be read in many threads at once.
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "innkeeper/statement.h"
#include "innkeeper/types.h"

namespace innkeeper {

namespace pg {
class client_answer;
}

// What the server says beside an answer.
struct notice {
  std::string severity;  // "WARNING", "NOTICE", "INFO"
  std::string sqlstate;  // "01000" of a commit: it is not on the standby that it had to wait for
  std::string message;
  std::string detail;
  std::string hint;

  friend bool operator==(const notice&, const notice&) = default;
};

namespace detail {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

template <class T>
struct is_array : std::false_type {};
template <class T>
struct is_array<std::vector<T>> : std::bool_constant<!std::same_as<T, std::byte>> {};

template <class T>
concept readable_number =
    (whole_number<T> && std::signed_integral<T>) || std::same_as<T, float> || std::same_as<T, double>;

// Throw error 22P02 for what isn't one, 22003 for what doesn't fit.
std::int64_t read_integer(std::string_view text, std::int64_t least, std::int64_t most);
void read(std::string_view text, bool& into);
void read(std::string_view text, float& into);
void read(std::string_view text, double& into);
void read(std::string_view text, timestamp& into);
void read(std::string_view text, bytea& into);
inline void read(std::string_view text, std::string& into) {
  into = text;
}
template <class T>
requires whole_number<T> && std::signed_integral<T>
void read(std::string_view text, T& into) {
  into = static_cast<T>(read_integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
}

// '{1,NULL,"a b"}', one dimension; 22P02 for anything else.
std::vector<std::optional<std::string>> read_array(std::string_view text);
[[noreturn]] void refuse_null();  // error 22002

}  // namespace detail

// One column of one row. Borrows from its result.
class value {
 public:
  [[nodiscard]] bool is_null() const;
  // As PostgreSQL prints it, for types that have no match here: numeric, uuid, jsonb, date, enums. "" for NULL.
  [[nodiscard]] std::string_view text() const;

  // T: bool, std::int16_t, std::int32_t, std::int64_t, float, double, std::string, std::string_view (which borrows),
  // bytea, timestamp, std::vector of them or of std::optional of them for an array, and std::optional of any of these.
  // Throws error 22002 for NULL where T is no std::optional, 22003 for a number that doesn't fit, 22P02 for text that
  // is no T.
  template <class T>
  [[nodiscard]] T as() const {
    if constexpr (detail::is_optional<T>::value) {
      return is_null() ? T{} : T{as<typename T::value_type>()};
    } else {
      if (is_null()) detail::refuse_null();
      return read<T>(text());
    }
  }

 private:
  friend class row;
  value(const pg::client_answer& from, std::size_t row, std::size_t column)
      : from_{&from}, row_{row}, column_{column} {}

  template <class T>
  static T read(std::string_view text) {
    if constexpr (std::same_as<T, std::string_view>) {
      return text;
    } else if constexpr (detail::is_array<T>::value) {
      return read_elements<T>(text);
    } else {
      T one{};
      detail::read(text, one);
      return one;
    }
  }

  template <class T>
  static T read_elements(std::string_view text) {
    using element = typename T::value_type;
    T all;
    for (const auto& one : detail::read_array(text)) {
      if constexpr (detail::is_optional<element>::value) {
        all.push_back(one ? element{read<typename element::value_type>(*one)} : element{});
      } else {
        if (!one) detail::refuse_null();
        all.push_back(read<element>(*one));
      }
    }
    return all;
  }

  const pg::client_answer* from_;
  std::size_t row_;
  std::size_t column_;
};

// Borrows from its result.
class row {
 public:
  // The first column of that name, spelt as in the result. Throws error 42703 where there is none.
  [[nodiscard]] value operator[](std::string_view column) const;
  // From 0. Throws error 42703 where there are fewer.
  [[nodiscard]] value operator[](std::size_t column) const;
  [[nodiscard]] value operator[](int column) const { return (*this)[static_cast<std::size_t>(column)]; }

 private:
  friend class result;
  row(const pg::client_answer& from, std::size_t number) : from_{&from}, number_{number} {}

  const pg::client_answer* from_;
  std::size_t number_;
};

class result {
 public:
  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = row;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = row;

    row operator*() const { return {*from_, number_}; }
    iterator& operator++() {
      ++number_;
      return *this;
    }
    iterator operator++(int) {
      auto before = *this;
      ++number_;
      return before;
    }
    friend bool operator==(const iterator&, const iterator&) = default;

   private:
    friend class result;
    iterator(const pg::client_answer* from, std::size_t number) : from_{from}, number_{number} {}

    const pg::client_answer* from_;
    std::size_t number_;
  };

  result() = default;  // no rows

  [[nodiscard]] std::size_t size() const;  // rows
  [[nodiscard]] bool empty() const { return size() == 0; }
  // Throws std::out_of_range.
  [[nodiscard]] row operator[](std::size_t number) const;
  [[nodiscard]] row front() const { return (*this)[0]; }
  [[nodiscard]] iterator begin() const { return {answer_.get(), 0}; }
  [[nodiscard]] iterator end() const { return {answer_.get(), size()}; }
  [[nodiscard]] std::vector<std::string> columns() const;

  // Of INSERT, UPDATE, DELETE, MERGE, SELECT; 0 for others.
  [[nodiscard]] std::size_t affected_rows() const;

  // Warnings and notices, those of the commit too. A commit's "01000" says that the wait for a synchronous standby was
  // cut short: the transaction is done here, and perhaps nowhere else.
  [[nodiscard]] std::vector<notice> notices() const;
  [[nodiscard]] bool has_warning(std::string_view sqlstate) const;

 private:
  friend struct connection_access;
  explicit result(std::shared_ptr<const pg::client_answer> answer) : answer_{std::move(answer)} {}

  std::shared_ptr<const pg::client_answer> answer_;
};

}  // namespace innkeeper
