#pragma once
// The service's voice: a JSON object per line on standard output. From any thread; a line is never torn.
#include <string_view>

#include "services/checkout/domain/text.h"

namespace checkout::log {

void debug(std::string_view message, const log_fields& fields = {});
void info(std::string_view message, const log_fields& fields = {});
void warning(std::string_view message, const log_fields& fields = {});
void error(std::string_view message, const log_fields& fields = {});
void fatal(std::string_view message, const log_fields& fields = {});

}  // namespace checkout::log
