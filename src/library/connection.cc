#include "innkeeper/connection.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "core/conninfo.h"
#include "core/text.h"
#include "library/connection_impl.h"
#include "library/failure_of.h"
#include "library/statement_text.h"

namespace innkeeper {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw std::invalid_argument{"connection_options: " + what};
}

// The server splits them at spaces; the later word wins.
void add_setting(const std::string& name, const std::string& value, std::string& into) {
  into += into.empty() ? "-c " : " -c ";
  for (const char c : name + "=" + value) {
    if (c == ' ' || c == '\\') into += '\\';
    into += c;
  }
}

conninfo target_of(const connection_options& options) {
  static constexpr std::array<std::string_view, 7> attributes{"",        "any",     "read-write",    "read-only",
                                                              "primary", "standby", "prefer-standby"};
  if (options.url.empty()) refuse("url is empty");
  auto parsed = parse_conninfo(options.url);
  if (!parsed.value) refuse("url is no connection string: " + parsed.problem);
  const auto& wanted = options.target_session_attrs;
  if (std::ranges::find(attributes, wanted) == attributes.end()) refuse("target_session_attrs is \"" + wanted + "\"");
  if (!wanted.empty()) parsed.value->parameters["target_session_attrs"] = wanted;
  for (const auto& [name, value] : options.settings) add_setting(name, value, parsed.value->parameters["options"]);
  if (options.connect_timeout.count() <= 0) refuse("connect_timeout is not positive");
  if (options.cancel_timeout.count() <= 0) refuse("cancel_timeout is not positive");
  return std::move(*parsed.value);
}

pg::client_session open(const connection_options& options) {
  const auto target = target_of(options);
  try {
    return pg::client_session::open(target, {.application_name = options.application_name,
                                             .timeout = options.connect_timeout,
                                             .cancel_timeout = options.cancel_timeout});
  } catch (const pg::error& refused) {
    throw error_of(refused);
  }
}

// In a block that somebody opened by hand.
bool ends_a_block(std::string_view sql) {
  const auto first = sql.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return false;
  const auto word = to_lower(sql.substr(first, sql.find_first_of(" \t\n;", first) - first));
  return word == "commit" || word == "end" || word == "prepare";
}

// Statements as src/pg takes them, which only borrows.
class borrowed_transaction {
 public:
  borrowed_transaction(const bound_statement* begin, std::span<const bound_statement> all, bool ends_block) {
    calls_.reserve(all.size() + 1);
    transaction_.calls.reserve(all.size() + 1);
    if (begin != nullptr) calls_.push_back(call_of(*begin));
    for (const auto& one : all) calls_.push_back(call_of(one));
    for (const auto& one : calls_) transaction_.calls.push_back(&one);
    transaction_.opens_block = begin != nullptr;
    transaction_.ends_block = ends_block;
  }

  [[nodiscard]] const pg::client_transaction& get() const { return transaction_; }

 private:
  std::vector<pg::client_call> calls_;
  pg::client_transaction transaction_;
};

}  // namespace

void check_options(const connection_options& options) {
  (void)target_of(options);
}

std::vector<result> connection_access::results_of(pg::client_outcome& outcome) {
  std::vector<result> results;
  results.reserve(outcome.answers.size());
  for (auto& one : outcome.answers) results.push_back(result{std::move(one)});
  return results;
}

std::vector<result> connection_access::run(impl& on, std::span<const bound_statement> all, block_part part) {
  const bool ends = part == block_part::end ||
                    (!on.session.is_lost() && on.session.is_in_block() &&
                     std::ranges::any_of(all, [](const auto& one) { return ends_a_block(one.text().sql); }));
  return run(on, borrowed_transaction{nullptr, all, ends}.get());
}

std::vector<result> connection_access::run_behind(const bound_statement& begin, impl& on,
                                                  std::span<const bound_statement> all) {
  auto results = run(on, borrowed_transaction{&begin, all, false}.get());
  results.erase(results.begin());
  return results;
}

std::vector<result> connection_access::run(impl& on, const pg::client_transaction& all) {
  auto outcome = std::move(on.session.run({all}, on.until).front());
  if (outcome.failure) throw error_of(*outcome.failure);
  return results_of(outcome);
}

connection::connection(const connection_options& options)
    : impl_{std::make_unique<impl>(impl{.session = open(options), .cancel_timeout = options.cancel_timeout})} {}

connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&&) noexcept = default;
connection::~connection() = default;

result connection::execute(const bound_statement& one) {
  return std::move(connection_access::run(*impl_, {&one, 1}).front());
}

std::vector<result> connection::execute_all(const std::vector<bound_statement>& all) {
  if (all.empty()) return {};
  return connection_access::run(*impl_, all);
}

std::vector<transaction_outcome> connection::execute_each(
    const std::vector<std::vector<bound_statement>>& transactions) {
  if (impl_->has_transaction || is_in_transaction()) {
    throw std::logic_error{"transactions of their own can't run inside of one"};
  }
  std::vector<borrowed_transaction> borrowed;
  std::vector<pg::client_transaction> asked;
  borrowed.reserve(transactions.size());
  for (const auto& one : transactions) {
    borrowed.emplace_back(nullptr, one, false);
    asked.push_back(borrowed.back().get());
  }
  std::vector<transaction_outcome> outcomes;
  for (auto& one : impl_->session.run(asked, impl_->until)) {
    outcomes.push_back({.results = connection_access::results_of(one)});
    outcomes.back().ran_again = one.ran_again;
    if (one.failure) outcomes.back().failure = error_of(*one.failure);
  }
  return outcomes;
}

void connection::set_deadline(deadline until) {
  impl_->until = until.at();
}

void connection::cancel() noexcept {
  impl_->session.cancel();
}

bool connection::is_usable() const {
  return !impl_->session.is_lost();
}

bool connection::is_in_transaction() const {
  return is_usable() && impl_->session.is_in_block();
}

int connection::backend_pid() const {
  return impl_->session.backend_pid();
}

int connection::server_version() const {
  return impl_->session.server_version();
}

}  // namespace innkeeper
