#include "core/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "core/proof_matrix.h"

namespace innkeeper {
namespace {

// ---- what to try ----

struct budget {
  std::size_t sessions;
  std::size_t refusals;
};

// A service's share is split between its two log-ins, and adds up for a log-in of several services.
budget budget_of(const proof_facts& facts, const log_in_facts& one, bool exhaustive) {
  constexpr auto unlimited = std::numeric_limits<std::size_t>::max();
  if (exhaustive) return {unlimited, unlimited};
  const std::size_t services = one.services.size();
  const auto splits = static_cast<std::size_t>(std::ranges::count_if(one.services, [&](const std::string& name) {
    return find_service(facts.all(), name)->access == access_mode::readwrite;
  }));
  if (one.is_migrator) return {services, refusals_per_service * services / 2};
  return {sessions_per_service * services - splits,
          refusals_per_service * services - refusals_per_service / 2 * splits};
}

class agenda_maker {
 public:
  agenda_maker(const proof_facts& facts, const log_in_facts& one, bool exhaustive)
      : budget_{budget_of(facts, one, exhaustive)} {
    result_.log_in = one.name;
    for (const auto& row : all_probes()) {
      if (row.attempts == nullptr) continue;
      std::vector<attempt> doors;
      for (auto& each : row.attempts(facts, one, row, budget_.refusals)) {
        if (each.statements.empty()) {
          doors.push_back(std::move(each));
        } else {
          add_to_session(std::move(each));
        }
      }
      if (!doors.empty()) doors_.push_back(std::move(doors));
    }
  }

  agenda done() {
    add_doors();
    return std::move(result_);
  }

 private:
  void add_to_session(attempt one) {
    const auto same = std::ranges::find(result_.visits, one.database, &visit::database);
    if (same != result_.visits.end()) {
      same->attempts.push_back(std::move(one));
    } else if (result_.visits.size() < budget_.sessions) {
      result_.visits.push_back({one.database, one.with, {one}});
    }
  }

  // One of each probe in turn, so that none of them uses up what all may.
  void add_doors() {
    std::size_t left = budget_.refusals;
    for (std::size_t turn = 0; left > 0; ++turn) {
      bool is_done = true;
      for (auto& doors : doors_) {
        if (turn >= doors.size() || left == 0) continue;
        is_done = false;
        --left;
        auto& one = doors[turn];
        result_.visits.push_back({one.database, one.with, {std::move(one)}});
      }
      if (is_done) return;
    }
  }

  budget budget_;
  agenda result_;
  std::vector<std::vector<attempt>> doors_;
};

// ---- what the answers mean ----

std::string answer_words(const outcome& answer) {
  if (answer.worked && !answer.row.empty()) return fmt::format("the answer was {}", fmt::join(answer.row, ", "));
  if (answer.sqlstate.empty()) return answer.message;
  return fmt::format("{} [{}]", answer.message, answer.sqlstate);
}

class judge {
 public:
  judge(const proof_facts& facts, proof_report& report) : facts_{facts}, report_{report} {}

  void catalogs() {
    for (const auto& row : all_probes()) {
      if (row.judge == nullptr) continue;
      auto result = row.judge(facts_, row);
      auto& tally = tally_of(row.id, row.kind);
      tally.checks += result.checks;
      for (auto& one : result.findings) add(std::move(one), tally);
    }
  }

  void log_in(const agenda& asked, const std::vector<outcome>& answers) {
    std::size_t next = 0;
    std::string problem;
    for (const auto& each : asked.visits) {
      for (const auto& one : each.attempts) {
        if (next == answers.size()) return;
        const auto& answer = answers[next++];
        if (!answer.tried) {
          if (!answer.problem.empty() && std::exchange(problem, answer.problem) != answer.problem) untried(one, answer);
          continue;
        }
        judge_attempt(one, answer);
      }
    }
  }

  void drift(const plan& left) {
    for (const auto& one : left.steps) {
      add_drift(one.from, fmt::format("{} is not as declared", subject_of(one)), describe(one), "");
    }
    for (const auto& one : left.problems) {
      if (one.level == severity::error) add_drift({{}, one.where}, one.message, one.detail, "");
    }
    for (const auto& one : left.attentions) {
      if (one.fails_service) {
        add_drift(one.from, one.text, "", one.statement);
      } else {
        advise(one);
      }
    }
  }

 private:
  // A number may stand for two rows: what the catalogs say of a thing, and what came of trying it.
  probe_tally& tally_of(std::string_view id, probe_class kind) {
    const auto is_it = [&](const auto& one) { return one.id == id && one.kind == kind; };
    const auto known = std::ranges::find_if(report_.tallies, is_it);
    if (known != report_.tallies.end()) return *known;
    const auto row = std::ranges::find_if(all_probes(), is_it);
    report_.tallies.push_back({.id = std::string{row->id}, .title = std::string{row->title}, .kind = row->kind});
    return report_.tallies.back();
  }

  void add(finding one, probe_tally& tally) {
    if (one.says == verdict::leak) ++tally.leaks;
    if (one.says == verdict::failed) ++tally.failed;
    if (one.says == verdict::unprovable) ++tally.unprovable;
    report_.findings.push_back(std::move(one));
  }

  [[nodiscard]] finding about(const attempt& tried) const {
    const auto whose = std::ranges::find(facts_.log_ins(), tried.log_in, &log_in_facts::name);
    return {.probe = tried.probe,
            .how_bad = tried.how_bad,
            .service = whose->service(),
            .log_in = tried.log_in,
            .database = tried.database,
            .where = whose->where};
  }

  void untried(const attempt& asked, const outcome& answer) {
    auto& tally = tally_of(asked.probe, probe_class::log_in);
    ++tally.checks;
    auto one = about(asked);
    one.says = verdict::unprovable;
    one.text = fmt::format("log-in \"{}\" could not be tried", asked.log_in);
    one.detail = answer.problem;
    add(std::move(one), tally);
  }

  void judge_attempt(const attempt& asked, const outcome& answer) {
    auto& tally = tally_of(asked.probe, probe_class::log_in);
    ++tally.checks;
    if (is_as_expected(asked, answer)) return;
    auto one = about(asked);
    if (asked.expects == expectation::works) {
      one.says = verdict::failed;
      one.text = fmt::format("log-in \"{}\" could not {}", asked.log_in, asked.aim);
      one.detail = answer_words(answer);
    } else if (answer.worked) {
      one.says = verdict::leak;
      one.text = fmt::format("log-in \"{}\" could {}", asked.log_in, asked.aim);
      one.statement = asked.statement;
    } else {
      one.says = verdict::failed;
      one.text = fmt::format("nobody knows whether log-in \"{}\" can {}", asked.log_in, asked.aim);
      one.detail = answer_words(answer);
    }
    add(std::move(one), tally);
  }

  void add_drift(const origin& from, std::string text, std::string detail, std::string statement) {
    ++report_.drift;
    report_.findings.push_back({.probe = "drift",
                                .says = verdict::drift,
                                .service = from.service,
                                .text = std::move(text),
                                .detail = std::move(detail),
                                .statement = std::move(statement),
                                .where = from.where});
  }

  // What plan would show with "!": unless a probe said it already.
  void advise(const attention& one) {
    const bool is_known = std::ranges::any_of(report_.findings, [&](const finding& other) {
      return other.text == one.text || (!one.statement.empty() && other.statement == one.statement);
    });
    if (is_known) return;
    report_.findings.push_back({.probe = "plan",
                                .says = verdict::advice,
                                .how_bad = gravity::low,
                                .service = one.from.service,
                                .text = one.text,
                                .statement = one.statement,
                                .where = one.from.where});
  }

  const proof_facts& facts_;
  proof_report& report_;
};

int rank(verdict one) {
  switch (one) {
    case verdict::leak:
      return 0;
    case verdict::failed:
      return 1;
    case verdict::drift:
      return 2;
    case verdict::unprovable:
      return 3;
    case verdict::advice:
      return 4;
  }
  return 5;
}

void add_up(proof_report& report) {
  for (const auto& tally : report.tallies) {
    report.probes += tally.checks;
    report.leaks += tally.leaks;
    report.failed += tally.failed;
    report.unprovable += tally.unprovable;
  }
  std::ranges::stable_sort(report.findings, [](const finding& a, const finding& b) {
    return std::pair{rank(a.says), -static_cast<int>(a.how_bad)} <
           std::pair{rank(b.says), -static_cast<int>(b.how_bad)};
  });
}

int count_services(const proof_facts& facts) {
  std::set<std::string> names;
  for (const auto& one : facts.log_ins()) names.insert(one.services.begin(), one.services.end());
  return static_cast<int>(names.size());
}

}  // namespace

bool is_as_expected(const attempt& asked, const outcome& answer) {
  if (asked.expects == expectation::refused) return is_clear_refusal(answer);
  return answer.worked && (asked.expected_row.empty() || asked.expected_row == answer.row);
}

std::vector<agenda> plan_attempts(const proof_facts& facts, bool exhaustive) {
  std::vector<agenda> all;
  for (const auto& one : facts.log_ins()) all.push_back(agenda_maker{facts, one, exhaustive}.done());
  return all;
}

exit_code proof_report::code() const {
  return leaks + failed + drift == 0 ? exit_code::ok : exit_code::differences;
}

proof_report judge_proof(const proof_facts& facts, const plan& left, const std::vector<agenda>& agendas,
                         const std::vector<std::vector<outcome>>& answers) {
  proof_report report{.server = facts.desired().name, .services = count_services(facts), .tried = !agendas.empty()};
  judge judging{facts, report};
  judging.catalogs();
  for (std::size_t i = 0; i < agendas.size() && i < answers.size(); ++i) judging.log_in(agendas[i], answers[i]);
  judging.drift(left);
  add_up(report);
  report.sharing = declared_sharing(facts);
  fill_matrix(facts, agendas, answers, report);
  return report;
}

}  // namespace innkeeper
