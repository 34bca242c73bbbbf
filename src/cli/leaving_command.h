#pragma once
// What `service retire`, `service revive` and `apply --prune` have in common: find the services by name on the estate's
// servers, show what would be done, ask, do it.
#include <string>
#include <vector>

#include "cli/opened_estate.h"
#include "exec/leaving.h"

namespace innkeeper::cli {

struct leaving_result {
  std::vector<exec::leaving_report> reports;
  std::vector<failure_report> failures;  // of the others

  [[nodiscard]] exit_code code() const;
};

// Throws refused: 64 for a name that no service has, or where nobody may be asked; 65 for what can't be done, with
// every reason. Then nothing has been touched.
[[nodiscard]] leaving_result let_leave(exec::leaving_kind kind, const std::vector<std::string>& names,
                                       const opened_estate& opened, const arguments& given, console& out);

// "retire", "revive", "prune" for the document's keys.
[[nodiscard]] json leaving_to_json(const leaving_result& result);
[[nodiscard]] std::string leaving_to_text(exec::leaving_kind kind, const leaving_result& result, bool colored);

[[nodiscard]] std::vector<option> leaving_option_rows();  // --advisory-wait, --yes
// "cafe erp" as one positional word each.
[[nodiscard]] std::vector<std::string> split_names(const std::string& words);

}  // namespace innkeeper::cli
