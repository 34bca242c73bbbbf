#pragma once
// What the server says to one statement of a client session: rows of text, the command's tag, and what it remarked on
// the way. Lives on after its session.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct pg_result;  // libpq's PGresult

namespace innkeeper::pg {

struct client_notice {
  std::string severity;  // "WARNING", "NOTICE", "INFO", "DEBUG", in English whatever the server speaks
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;

  friend bool operator==(const client_notice&, const client_notice&) = default;
};

class client_answer {
 public:
  explicit client_answer(pg_result* owned) : rows_{owned} {}

  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] std::size_t columns() const;
  [[nodiscard]] std::string_view name(std::size_t column) const;
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;  // the first column of that name
  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;  // "" for NULL
  [[nodiscard]] std::string_view tag() const;                                      // "INSERT 0 3", "ROLLBACK"
  [[nodiscard]] std::size_t affected() const;

  [[nodiscard]] const std::vector<client_notice>& notices() const { return notices_; }
  void add(client_notice one) { notices_.push_back(std::move(one)); }

 private:
  struct clearer {
    void operator()(pg_result* result) const;
  };

  std::unique_ptr<pg_result, clearer> rows_;
  std::vector<client_notice> notices_;
};

}  // namespace innkeeper::pg
