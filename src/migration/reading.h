#pragma once
// What the readers of all layouts share: the result with its problems, scripts made of texts, sections of files. Pure.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "migration/directives.h"
#include "migration/directory.h"
#include "migration/sections.h"

namespace innkeeper::migration {

using files_view = std::vector<const source_file*>;

class reading {
 public:
  // `folder`: "migrations/" where a layout's files lie in there, else "".
  reading(layout format, std::string root, std::string folder);

  // The name as the layout's rules see it.
  [[nodiscard]] std::string_view local(const source_file& file) const;
  [[nodiscard]] location place(const source_file& file, int line = 0) const;
  [[nodiscard]] std::string path(const source_file& file) const;  // as places name it

  void error(location where, std::string message, std::string hint = {}, std::string detail = {});
  void warn(location where, std::string message, std::string hint = {});
  void leave_out(const source_file& file, std::string hint = {});  // with a warning that names it

  // `above`: what is known to hold for it already, by another tool's words or for all sections of the file.
  [[nodiscard]] script make_script(const source_file& file, directives_result above = {});
  [[nodiscard]] script make_script(const source_file& file, const section& part, directives_result above = {});

  // Where a script's `requires` stand, in their order.
  [[nodiscard]] std::vector<location> requires_of(const script& one) const;

  schema_directory result;

 private:
  [[nodiscard]] script make(const source_file& file, std::string_view text, int first_line, directives_result above);

  std::string root_;
  std::string folder_;
  std::map<std::pair<std::string, int>, std::vector<location>> requires_at_;  // by file and first line
};

// The sections of a file with its problems: no up, a half twice, statements above the first mark.
struct section_rules {
  std::string_view up_mark;  // "-- migrate:up"
  section_mark mark;
  bool needs_mark = true;  // without any mark the whole file is up
};
struct file_sections {
  std::optional<section> up;
  std::optional<section> down;
  directives_result above;
};
[[nodiscard]] file_sections read_sections(reading& into, const source_file& file, const section_rules& rules);

}  // namespace innkeeper::migration
