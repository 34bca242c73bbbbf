#pragma once
// Statements as the one message in which they are sent, and back: which of them an error is about, and where in its
// file that is. Pure.
#include <string>
#include <string_view>
#include <vector>

#include "migration/sql_split.h"

namespace innkeeper::migration {

class message {
 public:
  // What isn't of the file: BEGIN, what is noted, COMMIT.
  void add(std::string_view own_sql);
  void add(const sql_statement& statement);

  [[nodiscard]] const std::string& text() const { return text_; }

  struct place {
    location where;                            // of the file; line 0 where it is about none of its statements
    const sql_statement* statement = nullptr;  // borrowed
  };
  // `position`: in characters of the text, from 1, 0 unknown. `completed`: statements that were done before.
  [[nodiscard]] place find(int position, int completed) const;

 private:
  struct part {
    const sql_statement* statement = nullptr;
    std::size_t begin = 0;  // in characters
  };
  void append(std::string_view sql);

  std::string text_;
  std::size_t characters_ = 0;
  std::vector<part> parts_;
};

}  // namespace innkeeper::migration
