// What people do with orders: checkoutctl backfill | resolve | erase | export. The help below says everything.
#include <innkeeper/pool.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>

#include "services/checkout/domain/request.h"
#include "services/checkout/domain/text.h"
#include "services/checkout/store/postgres_archive.h"
#include "services/checkout/store/postgres_store.h"

namespace checkout {
namespace {

using namespace std::chrono_literals;

constexpr int done = 0;
constexpr int failed = 1;
constexpr int usage = 64;
constexpr int try_later = 75;

constexpr std::string_view help = R"(usage: checkoutctl COMMAND …, with DATABASE_URL in the environment

  backfill FILE… [--dry-run]
      Takes in orders of the time before there was a store, from the logs of the shop front, the checkout, payment and
      cart services, together: a line of JSON each, or as "kubectl logs --timestamps" has it. Orders that are there
      already stay as they are, so it may be run again. What no line tells, and what can't be told apart because two
      orders were under way at once, stays unknown and is said. No card number is kept or shown. Their status is
      confirmed, their source backfill. --dry-run says the same and takes in nothing.

  resolve ORDER --charged TRANSACTION --proof TEXT
  resolve ORDER --not-charged --proof TEXT
      Ends a payment_unknown: the payment service's records show a charge, and the order is shipped; or they show
      that there was none, and the order is abandoned. TEXT says where that was seen; it stands in the order's events,
      so there must be no personal data in it.

  erase USER [--yes]
      E-mail, address, key and request hash of all orders become null, the user's name a pseudonym, which is printed;
      amounts, items and events stay. Not while an order is under way or unresolved, nor in the first hour that its
      mail is owed or its cart is to be emptied.

  export USER
      All that is known of the user's orders, with items and events: a JSON object per order, oldest first.

Exit codes: 0 done; 1 failed; 64 usage, or no such order; 75 an order is under way, try again later.
)";

struct arguments {
  std::vector<std::string> words;
  std::map<std::string, std::string> options;
};

constexpr std::array with_value{"--charged", "--proof"};
constexpr std::array without_value{"--not-charged", "--dry-run", "--yes"};

// Nothing where it can't be understood.
std::optional<arguments> parse(const std::vector<std::string>& all) {
  arguments read;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto is = [&](const auto& options) {
      return std::any_of(options.begin(), options.end(), [&](const char* one) { return all[i] == one; });
    };
    if (is(without_value)) {
      read.options[all[i]] = "";
    } else if (is(with_value) && i + 1 < all.size()) {
      read.options[all[i]] = all[i + 1];
      ++i;
    } else if (all[i].starts_with("-")) {
      return std::nullopt;
    } else {
      read.words.push_back(all[i]);
    }
  }
  return read;
}

moment soon() {
  return std::chrono::steady_clock::now() + 30s;
}

std::string random_uuid() {
  std::array<unsigned char, 10> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) throw std::runtime_error{"no randomness"};
  return make_uuid(std::chrono::system_clock::now(), bytes);
}

int backfill(innkeeper::pool& pool, const arguments& asked) {
  std::vector<old_event> events;
  for (const auto& file : asked.words) {
    std::ifstream in{file};
    if (!in) throw std::runtime_error{"could not open " + file};
    for (std::string line; std::getline(in, line);) {
      if (auto event = read_old_line(line)) events.push_back(std::move(*event));
    }
  }
  const bool is_dry_run = asked.options.contains("--dry-run");
  const auto orders = match_old_orders(std::move(events));
  const auto taken = postgres_archive{pool}.take_in(orders, is_dry_run);
  std::size_t incomplete = 0;
  for (const auto& one : orders) {
    for (const auto& problem : one.problems) std::cerr << one.order_id << ": " << problem << "\n";
    incomplete += one.problems.empty() ? 0 : 1;
  }
  std::cout << orders.size() << " orders in the logs, " << (is_dry_run ? "to be taken in: " : "taken in: ")
            << taken.size() << ", there already: " << orders.size() - taken.size() << ", incomplete: " << incomplete
            << std::endl;
  return done;
}

int resolve(innkeeper::pool& pool, const arguments& asked) {
  const auto& order_id = asked.words[0];
  const bool was_charged = asked.options.contains("--charged");
  const auto proof = asked.options.find("--proof");
  if (was_charged == asked.options.contains("--not-charged") || proof == asked.options.end() || proof->second.empty() ||
      !is_storable(proof->second) || (was_charged && asked.options.at("--charged").empty()) || !is_uuid(order_id)) {
    return usage;
  }
  postgres_store store{pool, {}, {}};
  change made{.order_id = order_id,
              .from = order_status::payment_unknown,
              .to = was_charged ? order_status::paid : order_status::abandoned,
              .actor = "operator",
              .proof = proof->second};
  if (was_charged) {
    made.transaction_id = asked.options.at("--charged");
  } else {
    made.told = payment_is_unavailable();
  }
  if (!store.advance(made, soon())) {
    const auto found = store.find(order_id, soon());
    std::cerr << (found ? "order " + order_id + " is " + std::string{to_string(found->status)} + ", not payment_unknown"
                        : "there is no order " + order_id)
              << std::endl;
    return usage;
  }
  if (was_charged) store.release(order_id, soon());  // any replica ships it
  std::cout << "order " << order_id << " is " << to_string(made.to) << std::endl;
  return done;
}

int erase(innkeeper::pool& pool, const arguments& asked) {
  const auto& user_id = asked.words[0];
  if (!asked.options.contains("--yes")) {
    if (::isatty(STDIN_FILENO) == 0) {
      std::cerr << "what is erased is gone; without a terminal it needs --yes" << std::endl;
      return usage;
    }
    std::cerr << "Erase what is known of user " << user_id << "? Type yes: " << std::flush;
    std::string word;
    if (!std::getline(std::cin, word) || word != "yes") return usage;
  }
  const std::string pseudonym = "erased-" + random_uuid();
  const auto result = postgres_archive{pool}.erase(user_id, pseudonym);
  if (result.under_way > 0) {
    std::cerr << result.under_way << " orders of the user are under way or unresolved; nothing was erased" << std::endl;
    return try_later;
  }
  std::cout << "orders erased: " << result.erased;
  if (result.erased > 0) std::cout << ", now of " << pseudonym;
  std::cout << std::endl;
  return done;
}

int hand_out(innkeeper::pool& pool, const arguments& asked) {
  for (const auto& one : postgres_archive{pool}.hand_out(asked.words[0])) std::cout << one << "\n";
  std::cout << std::flush;
  return done;
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 1 && (words[0] == "--help" || words[0] == "-h")) {
    std::cout << help << std::flush;
    return done;
  }
  const auto asked = words.empty() ? std::nullopt : parse({words.begin() + 1, words.end()});
  int result = usage;
  if (asked && !asked->words.empty()) {
    auto options = innkeeper::pool_options_of_environment();
    options.connection = store_connection(std::move(options.connection));
    options.connection.application_name = "checkoutctl";
    if (options.connection.url.empty()) throw std::runtime_error{"environment variable \"DATABASE_URL\" not set"};
    innkeeper::pool pool{options};
    const bool has_one = asked->words.size() == 1;
    if (words[0] == "backfill") return backfill(pool, *asked);
    if (words[0] == "resolve" && has_one) result = resolve(pool, *asked);
    if (words[0] == "erase" && has_one) return erase(pool, *asked);
    if (words[0] == "export" && has_one) return hand_out(pool, *asked);
  }
  if (result == usage) std::cerr << "checkoutctl --help says how" << std::endl;
  return result;
}

}  // namespace
}  // namespace checkout

int main(int count, char** words) {
  try {
    return checkout::run({words + 1, words + count});
  } catch (const std::exception& problem) {
    std::cerr << problem.what() << std::endl;
    return checkout::failed;
  }
}
