// A service that starts with its schema, says how it is, and tries again when asked to.
#include <innkeeper/schema.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

void tell(const innkeeper::log_line& line) {
  std::cerr << innkeeper::to_text(line) << std::endl;
}

void show(const innkeeper::schema_report& schema) {
  if (schema.state == innkeeper::schema_state::ready) {
    std::cout << "ready: version " << schema.version << ", " << schema.applied.size() << " files ran" << std::endl;
  } else {
    std::cout << "degraded: " << schema.error.substr(0, schema.error.find('\n')) << std::endl;
  }
}

}  // namespace

int main() {
  auto options = innkeeper::schema_options_of_environment();  // DATABASE_URL, DB_INIT_*, LOG_LEVEL
  options.service = "orders";
  options.files = std::getenv("SCHEMA_FILES");
  options.announces_start = true;
  options.log = tell;

  show(innkeeper::initialise_schema(options));  // degraded or not: this service begins to serve

  for (std::string request; std::getline(std::cin, request);) {
    if (request == "health") show(innkeeper::schema_status(options));
    if (request == "retry") show(innkeeper::initialise_schema(options));
  }
}
