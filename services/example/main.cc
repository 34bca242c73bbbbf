// A small service that keeps orders. Requests come on standard input, a line each, and are answered on standard output:
//   place USER PRODUCT QUANTITY [NOTE] · list USER · merge FROM INTO · forget ID… · health · metrics
#include <innkeeper/schema.h>

#include <chrono>
#include <exception>
#include <iostream>
#include <sstream>
#include <string>

#include "order_store.h"

using namespace std::chrono_literals;

namespace {

void show(const order& one) {
  std::cout << "order " << one.id;
  for (const auto& line : one.lines) {
    std::cout << " " << line.quantity << "x" << line.product;
    if (line.note) std::cout << " (" << *line.note << ")";
  }
  std::cout << '\n';
}

order_line read_line(std::istream& words) {
  order_line line;
  words >> line.product >> line.quantity;
  std::string note;
  if (std::getline(words >> std::ws, note)) line.note = note;
  return line;
}

void show_health(const innkeeper::health_report& report) {
  std::cout << to_string(report.state) << (report.reason.empty() ? "" : ": " + report.reason) << '\n';
}

void answer(std::istream& words, order_store& store) {
  const innkeeper::deadline until{5s};
  std::string what;
  words >> what;
  if (what == "place") {
    std::string user;
    words >> user;
    const auto id = store.place(user, {read_line(words)}, until);
    std::cout << "placed " << id << '\n';
  } else if (what == "list") {
    std::string user;
    words >> user;
    for (const auto& one : store.orders_of(user, until)) show(one);
  } else if (what == "merge") {
    std::int64_t from = 0;
    std::int64_t into = 0;
    words >> from >> into;
    store.merge(from, into, until);
    std::cout << "merged\n";
  } else if (what == "forget") {
    std::vector<std::int64_t> ids;
    for (std::int64_t id = 0; words >> id;) ids.push_back(id);
    const auto count = store.forget(ids, until);
    std::cout << "forgot " << count << '\n';
  } else if (what == "health") {
    show_health(store.health());
  } else if (what == "metrics") {
    std::cout << store.metrics();
  } else {
    std::cout << "what?\n";
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    auto schema = innkeeper::schema_options_of_environment();  // DATABASE_URL, DB_INIT_*, LOG_LEVEL
    schema.service = "orders";
    schema.files = count > 1 ? words[1] : "schema";
    schema.log = [](const innkeeper::log_line& line) { std::cerr << innkeeper::to_text(line) << '\n'; };
    if (const auto report = innkeeper::initialise_schema(schema); report.state != innkeeper::schema_state::ready) {
      return report.code;
    }

    auto options = innkeeper::pool_options_of_environment();  // DATABASE_URL, DB_MAX_OPEN_CONNS …
    options.name = "orders";
    options.connection.application_name = "orders";
    options.connection.target_session_attrs = "primary";
    order_store store{options};
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream request{line};
      try {
        answer(request, store);
      } catch (const innkeeper::error& failed) {
        std::cout << "failed: " << failed.what() << (failed.may_retry() ? ", try again" : "") << '\n';
      }
      std::cout.flush();
    }
  } catch (const std::exception& failed) {
    std::cerr << "orders: " << failed.what() << '\n';
    return 1;
  }
}
