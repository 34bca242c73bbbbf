#include "pg/client_session.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <charconv>

#include "pg/client_exchange.h"

namespace innkeeper::pg {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string parameter_of(const conninfo& target, const std::string& name) {
  const auto found = target.parameters.find(name);
  return found == target.parameters.end() ? std::string{} : found->second;
}

keyword_list client_keywords(const conninfo& target, const client_options& options) {
  keyword_list list;
  list.add_endpoints(target.endpoints);
  if (!target.user.empty()) list.add("user", target.user.value);
  if (!target.database.empty()) list.add("dbname", target.database.value);
  if (target.password) list.add("password", target.password->expose());
  // A peer that vanished without a word is noticed within a minute; the system's own defaults take two hours.
  auto parameters = target.parameters;
  parameters.try_emplace("keepalives_idle", "30");
  parameters.try_emplace("keepalives_interval", "10");
  parameters.try_emplace("keepalives_count", "3");
  parameters.try_emplace("tcp_user_timeout", "60000");
  parameters.try_emplace("application_name", options.application_name);
  for (const auto& [name, value] : parameters) list.add(name, value);
  list.add("client_encoding", "UTF8");
  return list;
}

// One way to try: a host, and what is asked of it.
struct door {
  conninfo target;
  std::string shown;
};

// libpq would give all the time that there is to a first host which takes the connection and never answers.
std::vector<door> doors_of(const conninfo& target) {
  if (target.endpoints.size() < 2 || target.parameters.contains("hostaddr")) return {{target, {}}};
  std::vector<std::optional<std::string>> wanted{std::nullopt};
  if (parameter_of(target, "target_session_attrs") == "prefer-standby") wanted = {"standby", "any"};
  std::vector<door> doors;
  for (const auto& attributes : wanted) {
    for (const auto& one : target.endpoints) {
      doors.push_back({target, fmt::format("{}:{}", one.host, one.port == 0 ? 5432 : one.port)});
      doors.back().target.endpoints = {one};
      if (attributes) doors.back().target.parameters["target_session_attrs"] = *attributes;
    }
  }
  return doors;
}

// The address may bound the time for each host, as libpq has it: connect_timeout, in seconds.
milliseconds longest_for_one(const conninfo& target, milliseconds all) {
  const auto text = parameter_of(target, "connect_timeout");
  long seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds > 0 ? std::min(all, milliseconds{seconds * 1000}) : all;
}

owned_session open_door(const door& through, const client_options& options, client_state& state, moment deadline) {
  const auto time = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  return open_session(through.target, client_keywords(through.target, options), &client_state::hear, &state, time,
                      deadline);
}

owned_session open_any(const conninfo& target, const client_options& options, client_state& state) {
  const auto doors = doors_of(target);
  const auto deadline = steady_clock::now() + options.timeout;
  std::string complaints;
  for (std::size_t i = 0;; ++i) {
    const auto share = (deadline - steady_clock::now()) / static_cast<long>(doors.size() - i);
    const auto time = longest_for_one(target, std::chrono::floor<milliseconds>(share));
    try {
      return open_door(doors[i], options, state, steady_clock::now() + time);
    } catch (const error& refused) {
      if (doors.size() == 1) throw;
      complaints += fmt::format("{}{}: {}", complaints.empty() ? "" : "\n", doors[i].shown, refused.what());
      if (i + 1 < doors.size()) continue;
      auto facts = refused.facts();
      facts.detail = complaints;
      throw error{std::move(facts)};
    }
  }
}

}  // namespace

struct client_session::handle : client_state {
  int backend = 0;
  int version = 0;
};

client_session::client_session(std::unique_ptr<handle> owned) : handle_{std::move(owned)} {}
client_session::client_session(client_session&&) noexcept = default;
client_session& client_session::operator=(client_session&&) noexcept = default;
client_session::~client_session() = default;

client_session client_session::open(const conninfo& target, const client_options& options) {
  auto owned = std::make_unique<handle>();
  const auto deadline = steady_clock::now() + options.timeout;
  owned->session = open_any(target, options, *owned);
  PGconn* session = owned->session.get();
  if (PQsetnonblocking(session, 1) != 0 || PQenterPipelineMode(session) != 1) throw error{facts_of(nullptr, session)};
  owned->cancel.reset(PQgetCancel(session));
  owned->cancel_timeout = options.cancel_timeout;
  owned->backend = PQbackendPID(session);
  owned->version = PQserverVersion(session);
  const char* dates = PQparameterStatus(session, "DateStyle");
  const bool has_iso_dates = dates != nullptr && std::string_view{dates}.starts_with("ISO");
  client_session opened{std::move(owned)};
  if (!has_iso_dates) {
    // Of its owner or its database. Not a startup option, since poolers refuse those.
    const client_call set{.sql = "SET DateStyle TO ISO"};
    auto outcome = std::move(opened.run({{.calls = {&set}}}, deadline).front());
    if (outcome.failure) throw error{std::move(outcome.failure->facts)};
  }
  return opened;
}

std::vector<client_outcome> client_session::run(const std::vector<client_transaction>& asked, moment deadline) {
  std::vector<client_outcome> outcomes(asked.size());
  std::vector<std::size_t> left(asked.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  const bool began_in_block = !is_lost() && is_in_block();
  // Each turn finds one statement of a transaction that has to be prepared anew.
  constexpr int most_turns = 8;
  for (int turn = 0; !left.empty() && turn < most_turns; ++turn) {
    if (turn > 0 && !is_lost() && is_in_block()) {
      const client_call rollback{.sql = "ROLLBACK"};
      (void)run_once({{.calls = {&rollback}}}, {0}, deadline);
    }
    auto found = run_once(asked, left, deadline);
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (found[i].failure && found[i].failure->is_stale && !began_in_block) again.push_back(left[i]);
      outcomes[left[i]] = std::move(found[i]);
      outcomes[left[i]].ran_again = turn > 0;
    }
    left = std::move(again);
  }
  return outcomes;
}

// Of those with these numbers.
std::vector<client_outcome> client_session::run_once(const std::vector<client_transaction>& asked,
                                                     const std::vector<std::size_t>& numbers, moment deadline) {
  std::optional<client_failure> known;
  if (is_lost()) {
    known = {.facts = {.sqlstate = "08003", .primary = "the connection is lost"}, .is_lost = true};
  } else if (steady_clock::now() >= deadline) {
    known = {.facts = {.sqlstate = "57014", .primary = "the deadline had passed before anything was sent"},
             .is_late = true};
  }
  if (known) return std::vector<client_outcome>(numbers.size(), client_outcome{.failure = known});
  std::vector<const client_transaction*> chosen;
  chosen.reserve(numbers.size());
  for (const auto number : numbers) chosen.push_back(&asked[number]);
  return client_exchange{*handle_, chosen, deadline}.run();
}

bool client_session::is_lost() const {
  return handle_->session == nullptr;
}

bool client_session::is_in_block() const {
  return PQtransactionStatus(handle_->session.get()) != PQTRANS_IDLE;
}

bool client_session::has_hung_up() {
  PGconn* session = handle_->session.get();
  const auto says_goodbye = [](const client_notice& heard) { return heard.sqlstate.starts_with("57P0"); };
  // Settings that were reloaded are told to idle sessions too, so that bytes alone say nothing.
  while (session != nullptr && PQstatus(session) == CONNECTION_OK) {
    pollfd socket{PQsocket(session), POLLIN, 0};
    if (::poll(&socket, 1, 0) == 0) return false;
    if (PQconsumeInput(session) != 1) break;
    (void)PQisBusy(session);  // reads what has come
    // It says why before it hangs up.
    if (std::ranges::any_of(handle_->notices, says_goodbye)) break;
  }
  return true;
}

int client_session::backend_pid() const {
  return handle_->backend;
}

int client_session::server_version() const {
  return handle_->version;
}

void client_session::close() noexcept {
  handle_->session.reset();
}

void client_session::cancel() noexcept {
  send_cancel(handle_->cancel);
}

}  // namespace innkeeper::pg
