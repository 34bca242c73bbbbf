#include "pg/client_exchange.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

namespace innkeeper::pg {
namespace {

using std::chrono::steady_clock;

// Each costs the backend memory; a service has some dozens.
constexpr std::size_t most_kept_statements = 256;

bool ends_the_session(const PGresult* failed) {
  const auto severity = field(failed, PG_DIAG_SEVERITY_NONLOCALIZED);
  return severity == "FATAL" || severity == "PANIC";
}

// 0A000 is said of much; by this function of the server, of one thing only.
bool is_outdated_plan(const PGresult* failed) {
  return field(failed, PG_DIAG_SQLSTATE) == "0A000" &&
         field(failed, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

}  // namespace

void client_state::hear(void* self, const PGresult* notice) {
  static_cast<client_state*>(self)->notices.push_back({.severity = field(notice, PG_DIAG_SEVERITY_NONLOCALIZED),
                                                       .sqlstate = field(notice, PG_DIAG_SQLSTATE),
                                                       .message = field(notice, PG_DIAG_MESSAGE_PRIMARY),
                                                       .detail = field(notice, PG_DIAG_MESSAGE_DETAIL),
                                                       .hint = field(notice, PG_DIAG_MESSAGE_HINT)});
}

client_exchange::client_exchange(client_state& state, const std::vector<const client_transaction*>& asked,
                                 moment deadline)
    : state_{state},
      asked_{asked},
      steps_(asked.size()),
      deadline_{deadline},
      limit_{deadline},
      began_in_block_{PQtransactionStatus(state.session.get()) != PQTRANS_IDLE} {}

std::vector<client_outcome> client_exchange::run() {
  state_.notices.clear();
  queue_all();
  if (!loss_) flush();
  std::vector<client_outcome> outcomes;
  outcomes.reserve(asked_.size());
  for (awaited_ = 0; awaited_ < asked_.size(); ++awaited_) {
    outcomes.push_back(loss_ ? client_outcome{.failure = loss_of(awaited_)} : collect(awaited_));
  }
  settle();
  return outcomes;
}

void client_exchange::queue_all() {
  for (std::size_t number = 0; number < asked_.size() && !loss_; ++number) {
    if (number == 0) queue_forgetting(steps_[number]);
    for (const auto* call : asked_[number]->calls) queue_call(*call, steps_[number]);
    if (!loss_ && PQpipelineSync(state_.session.get()) != 1) lose(facts_of(nullptr, state_.session.get()));
  }
}

void client_exchange::queue_forgetting(steps& into) {
  // A failed block takes nothing but its end.
  if (PQtransactionStatus(state_.session.get()) == PQTRANS_INERROR) return;
  forgets_all_ = state_.kept.size() >= most_kept_statements;
  const auto names = forgets_all_ ? std::vector<std::string>{""} : state_.to_forget;
  for (const auto& name : names) {
    const std::string sql = name.empty() ? "DEALLOCATE ALL" : "DEALLOCATE " + name;
    into.push_back({step_kind::forget, nullptr, name});
    if (PQsendQueryParams(state_.session.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) {
      lose(facts_of(nullptr, state_.session.get()));
    }
  }
}

bool client_exchange::is_kept(std::uint64_t key) const {
  return queued_.contains(key) || (!forgets_all_ && state_.kept.contains(key));
}

void client_exchange::queue_call(const client_call& call, steps& into) {
  if (loss_) return;
  PGconn* session = state_.session.get();
  const int count = static_cast<int>(call.parameters.size());
  const bool is_prepared = call.key != 0;
  bool is_sent = true;
  if (is_prepared && !is_kept(call.key)) {
    queued_.insert(call.key);
    into.push_back({step_kind::prepare, &call, {}});
    is_sent = PQsendPrepare(session, call.name, call.sql, 0, nullptr) == 1;
  }
  into.push_back({step_kind::execute, &call, {}});
  if (is_sent && is_prepared) {
    is_sent = PQsendQueryPrepared(session, call.name, count, call.parameters.data(), call.lengths.data(),
                                  call.formats.data(), 0) == 1;
  } else if (is_sent) {
    is_sent = PQsendQueryParams(session, call.sql, count, nullptr, call.parameters.data(), call.lengths.data(),
                                call.formats.data(), 0) == 1;
  }
  if (!is_sent) lose(facts_of(nullptr, session));
}

void client_exchange::flush() {
  // Where the other side hung up, next() finds what it said before.
  while (!loss_ && PQflush(state_.session.get()) == 1) {
    // The server reads no more while nobody reads its answers.
    if (wait(POLLIN | POLLOUT) && PQconsumeInput(state_.session.get()) != 1) return;
  }
}

client_outcome client_exchange::collect(std::size_t number) {
  client_outcome outcome;
  const auto& expected = steps_[number];
  int gaps = 0;
  for (steps_done_ = 0; !loss_;) {
    auto one = next();
    if (loss_) break;
    if (!one) {  // stands between two answers
      if (++gaps > 2) lose({.sqlstate = "08000", .primary = "libpq lost count of the answers"});
      continue;
    }
    gaps = 0;
    if (PQresultStatus(one.get()) == PGRES_PIPELINE_SYNC) break;
    // What fails behind the last step is the commit.
    const bool is_commit = steps_done_ >= expected.size();
    take(std::move(one), is_commit ? nullptr : &expected[steps_done_], outcome);
    if (!is_commit && !loss_) ++steps_done_;
  }
  if (loss_) return {.failure = loss_of(number)};
  if (outcome.failure) return {.failure = std::move(outcome.failure)};
  // Of the commit: it has no answer of its own.
  for (auto& late : state_.notices) {
    if (!outcome.answers.empty()) outcome.answers.back()->add(std::move(late));
  }
  state_.notices.clear();
  return outcome;
}

owned_result client_exchange::next() {
  PGconn* session = state_.session.get();
  while (PQisBusy(session) == 1) {
    if (!wait(POLLIN)) return nullptr;
    if (PQconsumeInput(session) != 1) break;  // PQgetResult() says why
  }
  owned_result one{PQgetResult(session)};
  if (PQstatus(session) == CONNECTION_BAD) {
    server_hung_up_ = one != nullptr && ends_the_session(one.get());
    lose(facts_of(server_hung_up_ ? one.get() : nullptr, session));
  }
  return one;
}

void client_exchange::take(owned_result one, const step* of, client_outcome& into) {
  switch (PQresultStatus(one.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      if (of == nullptr) break;
      note_success(*of);
      if (of->kind != step_kind::execute) break;
      into.answers.push_back(std::make_shared<client_answer>(one.release()));
      for (auto& heard : state_.notices) into.answers.back()->add(std::move(heard));
      state_.notices.clear();
      break;
    case PGRES_PIPELINE_ABORTED:  // something before it failed
      break;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      server_hung_up_ = true;  // we do, before anything came of it
      lose({.sqlstate = "0A000", .primary = "COPY is not for this interface"});
      break;
    default:
      if (ends_the_session(one.get())) {
        server_hung_up_ = true;
        lose(facts_of(one.get(), state_.session.get()));
      } else if (!into.failure) {
        into.failure = failure_of(one.get(), of);
      }
  }
}

void client_exchange::note_success(const step& of) {
  switch (of.kind) {
    case step_kind::forget:
      if (of.forgets.empty()) {
        state_.kept.clear();
        state_.to_forget.clear();
      } else {
        std::erase(state_.to_forget, of.forgets);
      }
      return;
    case step_kind::prepare:
      state_.kept.insert(of.call->key);
      return;
    case step_kind::execute:
      return;
  }
}

client_failure client_exchange::failure_of(const PGresult* failed, const step* of) {
  client_failure failure{.facts = facts_of(failed, state_.session.get())};
  if (of != nullptr && of->call != nullptr) failure.facts.statement = of->call->sql;
  failure.is_late = is_late_ && failure.facts.sqlstate == "57014";
  failure.is_stale = note_stale(failed, of);
  return failure;
}

// Three ways in which what we believe the server to keep is wrong. They come before the statement does anything.
bool client_exchange::note_stale(const PGresult* failed, const step* of) {
  if (of == nullptr) return false;
  const auto sqlstate = field(failed, PG_DIAG_SQLSTATE);
  if (of->kind == step_kind::forget && sqlstate == "26000") {
    std::erase(state_.to_forget, of->forgets);
    return true;
  }
  if (of->kind == step_kind::prepare && sqlstate == "42P05") {
    state_.kept.insert(of->call->key);
    return true;
  }
  if (of->kind != step_kind::execute || of->call->key == 0) return false;
  const bool is_outdated = is_outdated_plan(failed);
  if (!is_outdated && sqlstate != "26000") return false;
  state_.kept.erase(of->call->key);
  if (is_outdated) state_.to_forget.emplace_back(of->call->name);
  return true;
}

client_failure client_exchange::loss_of(std::size_t number) const {
  client_failure failure{.facts = *loss_, .is_lost = true, .is_late = is_late_};
  failure.is_unknown = may_have_happened(number);
  if (number == lost_at_ && steps_done_ < steps_[number].size() && steps_[number][steps_done_].call != nullptr) {
    failure.facts.statement = steps_[number][steps_done_].call->sql;
  }
  return failure;
}

bool client_exchange::may_have_happened(std::size_t number) const {
  const auto& transaction = *asked_[number];
  if (transaction.opens_block || (began_in_block_ && !transaction.ends_block)) return false;
  if (!server_hung_up_) return true;
  // Said before this transaction's last answer, it is said instead of its commit, during which the server isn't
  // interrupted. What comes later the server never looked at.
  return number == lost_at_ && steps_done_ == steps_[number].size();
}

// True where the socket is ready. When the deadline comes, what runs is cancelled, and its answer awaited for a while.
bool client_exchange::wait(short what) {
  if (wait_for_socket(state_.session.get(), what, limit_)) return true;
  if (!is_late_ && steady_clock::now() >= deadline_) {
    is_late_ = true;
    limit_ = steady_clock::now() + state_.cancel_timeout;
    state_.cancelling.emplace(state_.cancel);
    if (wait_for_socket(state_.session.get(), what, limit_)) return true;
  }
  lose({.sqlstate = "08006",
        .primary = "no answer by the deadline",
        .detail = fmt::format("nor to the cancellation within {} ms", state_.cancel_timeout.count())});
  return false;
}

void client_exchange::lose(error_facts facts) {
  if (loss_) return;
  // A server that crashes says so beside the answers, and then hangs up without a word.
  for (const auto& heard : state_.notices) {
    if (facts.sqlstate == "08006" && heard.sqlstate.starts_with("57P0")) {
      facts = {.sqlstate = heard.sqlstate, .primary = heard.message, .detail = heard.detail, .hint = heard.hint};
    }
  }
  loss_ = std::move(facts);
  lost_at_ = awaited_;
}

void client_exchange::settle() {
  if (state_.cancelling && state_.cancelling->stop(steady_clock::now() + state_.cancel_timeout)) {
    state_.cancelling.reset();
  }
  // A cancellation that is still on its way would hit what runs next.
  if (loss_ || state_.cancelling) state_.session.reset();
}

}  // namespace innkeeper::pg
