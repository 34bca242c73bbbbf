#include "migration/sql_split.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/source_text.h"
#include "core/text.h"
#include "migration/sql_scan.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Where the scanner stops looking: at a line that begins with a backslash, which may end the data of a COPY or be a
// meta-command. Inside a string it is neither; then the window grows, twice as far each time, so that the cost of
// looking again stays linear.
class window {
 public:
  explicit window(std::string_view text) : text_{text} {}

  // The end of the window that begins at `from` and spans `lines` such lines.
  [[nodiscard]] std::size_t end(std::size_t from, std::size_t lines) const {
    std::size_t at = from;
    for (std::size_t i = 0; i < lines; ++i) {
      const auto found = text_.find("\n\\", at);
      if (found == std::string_view::npos) return text_.size();
      at = found + 1;
    }
    return at;
  }

 private:
  std::string_view text_;
};

// Follows a statement over its tokens: what it begins with, and how deep in parentheses and BEGIN ATOMIC it is.
class statement_tracker {
 public:
  void take(std::string_view word, token_class kind) {
    if (kind == token_class::symbol) {
      if (word == "(") ++parentheses_;
      if (word == ")" && parentheses_ > 0) --parentheses_;
    } else if (kind == token_class::keyword || kind == token_class::word) {
      take_word(to_lower(word));
    }
    ++tokens_;
  }

  [[nodiscard]] bool is_open() const { return parentheses_ > 0 || blocks_ > 0; }
  [[nodiscard]] bool is_copy_from_stdin() const { return first_ == "copy" && saw_from_stdin_; }

 private:
  // psql counts the same words: https://github.com/postgres/postgres/blob/REL_15_STABLE/src/fe_utils/psqlscan.l
  void take_word(std::string word) {
    if (tokens_ == 0) first_ = word;
    if (first_ == "create" && (word == "function" || word == "procedure")) makes_routine_ = true;
    if (makes_routine_ && parentheses_ == 0) {
      if (word == "atomic" && previous_ == "begin") {
        ++blocks_;
      } else if (blocks_ > 0 && word == "case") {
        ++blocks_;
      } else if (blocks_ > 0 && word == "end") {
        --blocks_;
      }
    }
    if (previous_ == "from" && word == "stdin" && parentheses_ == 0) saw_from_stdin_ = true;
    previous_ = std::move(word);
  }

  std::size_t tokens_ = 0;
  std::string first_;
  std::string previous_;
  bool makes_routine_ = false;
  bool saw_from_stdin_ = false;
  int parentheses_ = 0;
  int blocks_ = 0;
};

std::size_t end_of_line(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

std::size_t next_line(std::string_view text, std::size_t from) {
  return std::min(end_of_line(text, from) + 1, text.size());
}

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// A NUL too: PostgreSQL's text has none.
std::optional<std::size_t> find_broken_byte(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0 || text[at] == '\0') return at;
    at += length;
  }
  return std::nullopt;
}

class splitter {
 public:
  splitter(std::string_view text, const std::string& file, int first_line)
      : source_{std::string{text}}, text_{source_.text()}, window_{text_}, file_{file}, first_line_{first_line} {}

  split_result split() {
    if (const auto broken = find_broken_byte(text_)) {
      refuse(place(*broken),
             fmt::format("byte 0x{:02x} is not valid UTF-8", static_cast<unsigned char>(text_[*broken])),
             "Save the file as UTF-8 text.");
      return std::move(result_);
    }
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    while (at_ < text_.size() && !failed_) read_window();
    if (!failed_) end_statement();
    return std::move(result_);
  }

 private:
  // Scans on from at_; everything before it is done, but for the statement that is open.
  void read_window() {
    for (std::size_t lines = 1;; lines *= 2) {
      const std::size_t end = window_.end(at_, lines);
      const auto scanned = scan_sql(text_.substr(at_, end - at_));
      // Something never ends inside the window, and there is more behind it.
      const bool is_cut = scanned.problem_begin.has_value() && end < text_.size();
      if (is_cut && !ends_in_copy(scanned)) continue;
      take(scanned, end);
      return;
    }
  }

  // Is there a COPY among the tokens, whose data is what the scanner stumbles over?
  [[nodiscard]] bool ends_in_copy(const scan_result& scanned) const {
    statement_tracker tracker = tracker_;
    for (const auto& token : scanned.tokens) {
      if (token.kind == token_class::comment) continue;
      const auto word = slice(token);
      if (is_meta_command(token, word)) return true;
      if (word == ";" && !tracker.is_open()) {
        if (tracker.is_copy_from_stdin()) return true;
        tracker = {};
      } else {
        tracker.take(word, token.kind);
      }
    }
    return false;
  }

  void take(const scan_result& scanned, std::size_t end) {
    const std::size_t base = at_;
    for (const auto& token : scanned.tokens) {
      const std::size_t begin = base + token.begin;
      if (token.kind == token_class::comment) {
        if (!begin_) take_comment(begin, base + token.end);
        continue;
      }
      const auto word = slice(token);
      if (is_meta_command(token, word)) return take_meta_command(begin);
      if (word == ";" && !tracker_.is_open()) {
        const bool has_data = tracker_.is_copy_from_stdin();
        end_statement();
        if (has_data) return take_copy_data(base + token.end);
        continue;
      }
      if (!begin_) begin_ = begin;
      last_ = base + token.end;
      tracker_.take(word, token.kind);
    }
    if (scanned.problem_begin) {
      refuse(place(base + *scanned.problem_begin), scanned.problem, {});
      return;
    }
    at_ = end;
  }

  [[nodiscard]] std::string_view slice(const sql_token& token) const {
    return text_.substr(at_ + token.begin, token.end - token.begin);
  }

  // A backslash outside strings is nothing to the server: psql's, where it stands at a line's beginning or behind SQL.
  [[nodiscard]] static bool is_meta_command(const sql_token& token, std::string_view word) {
    return token.kind == token_class::symbol && word == "\\";
  }

  void take_meta_command(std::size_t begin) {
    const auto line = without_carriage_return(text_.substr(begin, end_of_line(text_, begin) - begin));
    const auto name = line.substr(0, line.find_first_of(" \t", 1));
    at_ = next_line(text_, begin);
    // pg_dump writes them around its output since 2025: a lock against what a hostile server may put into it.
    if (name == "\\restrict" || name == "\\unrestrict") return;
    const bool includes = name == "\\i" || name == "\\ir" || name == "\\include" || name == "\\include_relative";
    refuse(place(begin), fmt::format("psql's meta-command {} is not SQL", name),
           includes ? "Put the included file's statements here, or make it a file of its own."
                    : "Leave it out; only psql knows it.");
  }

  // One behind something else on its line belongs to that; an empty line parts it from what follows.
  void take_comment(std::size_t begin, std::size_t end) {
    const auto line = text_.find_last_of('\n', begin) + 1;
    const bool has_own_line = text_.substr(line, begin - line).find_first_not_of(" \t") == std::string_view::npos;
    if (!has_own_line || !text_.substr(begin).starts_with("--")) return;
    if (!comments_.empty() && !is_next_line(comments_end_, begin)) comments_.clear();
    comments_.push_back(std::string{without_carriage_return(text_.substr(begin, end - begin))});
    comments_end_ = end;
  }

  // Nothing but one line's end and white space in between.
  [[nodiscard]] bool is_next_line(std::size_t from, std::size_t to) const {
    const auto between = text_.substr(from, to - from);
    return between.find_first_not_of(" \t\r\n") == std::string_view::npos &&
           std::count(between.begin(), between.end(), '\n') <= 1;
  }

  void take_copy_data(std::size_t behind) {
    std::size_t line = next_line(text_, behind);
    const std::size_t begin = line;
    while (line < text_.size()) {
      const std::size_t end = end_of_line(text_, line);
      if (without_carriage_return(text_.substr(line, end - line)) == "\\.") {
        result_.statements.back().copy_data = text_.substr(begin, line - begin);
        at_ = std::min(end + 1, text_.size());
        return;
      }
      line = std::min(end + 1, text_.size());
      if (end == text_.size()) break;
    }
    refuse(result_.statements.back().where, "the data of this COPY has no end",
           "End it with a line that holds \\. and nothing else.");
  }

  void end_statement() {
    if (begin_) {
      if (!is_next_line(comments_end_, *begin_)) comments_.clear();
      result_.statements.push_back({.text = std::string{text_.substr(*begin_, last_ - *begin_)},
                                    .where = place(*begin_),
                                    .comments = std::move(comments_)});
    }
    comments_.clear();
    begin_.reset();
    tracker_ = {};
  }

  [[nodiscard]] location place(std::size_t byte) const {
    const auto found = source_.place(byte);
    return {file_, found.line + first_line_ - 1, found.column};
  }

  void refuse(location where, std::string message, std::string hint) {
    result_.problems.push_back(
        {.level = severity::error, .where = std::move(where), .message = std::move(message), .hint = std::move(hint)});
    failed_ = true;
  }

  source_text source_;
  std::string_view text_;
  window window_;
  const std::string& file_;
  int first_line_;
  split_result result_;
  bool failed_ = false;
  std::size_t at_ = 0;
  statement_tracker tracker_;
  std::optional<std::size_t> begin_;   // of the statement that is open
  std::size_t last_ = 0;               // the end of its last token
  std::vector<std::string> comments_;  // before it, or before what comes next
  std::size_t comments_end_ = 0;
};

}  // namespace

split_result split_sql(std::string_view text, const std::string& file, int first_line) {
  return splitter{text, file, first_line}.split();
}

location place_in(const sql_statement& statement, int character) {
  location where = statement.where;
  std::string_view rest = statement.text;
  for (int passed = 1; passed < character && !rest.empty(); ++passed) {
    if (rest.front() == '\n') {
      ++where.line;
      where.column = 1;
    } else {
      ++where.column;
    }
    rest.remove_prefix(std::max<std::size_t>(1, utf8_length(rest)));
  }
  return where;
}

}  // namespace innkeeper::migration
