#include "exec/error.h"

#include <utility>

namespace innkeeper::exec {

error::error(exit_code code, std::string message, std::string detail, std::string hint)
    : std::runtime_error{std::move(message)}, code_{code}, detail_{std::move(detail)}, hint_{std::move(hint)} {}

}  // namespace innkeeper::exec
