#include "exec/error.h"

#include <utility>

namespace innkeeper::exec {

error::error(exit_code code, std::string message, std::string detail, std::string hint)
    : std::runtime_error{std::move(message)}, code_{code}, detail_{std::move(detail)}, hint_{std::move(hint)} {}

std::string whole_text(const error& failed) {
  std::string text = failed.what();
  if (!failed.detail().empty()) text += "\n  detail: " + failed.detail();
  if (!failed.hint().empty()) text += "\n  hint: " + failed.hint();
  return text;
}

}  // namespace innkeeper::exec
