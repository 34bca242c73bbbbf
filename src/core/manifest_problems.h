#pragma once
// Collects what is wrong with a manifest and the files that it includes. Knows their text, for the line under a
// message, and which lines hold a secret and are never shown.
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/diagnostic.h"
#include "core/source_text.h"
#include "core/yaml_tree.h"

namespace innkeeper {

class manifest_problems {
 public:
  // Returns the kept text; it lives as long as this object.
  const source_text& add_source(const std::string& file, std::string text);

  void error(const location& where, std::string message, std::string hint = {}, std::string detail = {});
  // From here on no message shows these lines.
  void hide_lines(const std::string& file, int first, int last);
  // So many problems that looking for the next one's remedy is no longer worth it.
  [[nodiscard]] bool is_full() const { return found_.size() >= max_problems; }
  [[nodiscard]] bool has_any() const { return !found_.empty(); }

  // All of them: file by file as they were read, by place within each.
  [[nodiscard]] diagnostics take();

 private:
  static constexpr std::size_t max_problems = 200;

  struct file_facts {
    std::size_t order = 0;
    source_text text;
    std::map<int, int> hidden;  // first line -> last line
  };

  [[nodiscard]] std::string shown_line(const location& where) const;
  [[nodiscard]] std::size_t order_of(const location& where) const;

  std::map<std::string, file_facts> files_;
  diagnostics found_;
  std::size_t dropped_ = 0;
};

// Whether a line looks as if a password stood in it in clear.
[[nodiscard]] bool may_show_secret(std::string_view line);

}  // namespace innkeeper
