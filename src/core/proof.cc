#include "core/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/proof_matrix.h"
#include "core/proof_record.h"

namespace innkeeper {
namespace {

probe_class kind_of(const attempt& one) {
  const auto is_row = [&](const probe& row) { return row.id == one.probe && row.kind == probe_class::log_in; };
  return std::ranges::any_of(all_probes(), is_row) ? probe_class::log_in : probe_class::disruptive;
}

std::string leak_words(const attempt& asked, const outcome& answer) {
  const bool names_what = asked.expects == expectation::nothing || !asked.statements_from.empty();
  return names_what && !answer.row.empty() ? fmt::format("{}", fmt::join(answer.row, ", ")) : std::string{};
}

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

  void databases_left_alone() {
    if (facts_.left_alone().empty()) return;
    std::string names;
    for (const auto& one : facts_.left_alone()) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", one);
    report_.findings.push_back(
        {.probe = "plan",
         .says = verdict::advice,
         .how_bad = gravity::low,
         .text = fmt::format("not looked at, because nobody declares them and they are the provider's or closed to "
                             "this admin: {}",
                             names)});
  }

  void log_in(const attempt_plan& tried, const agenda& asked, const std::vector<visit_answers>& answers) {
    std::string problem;
    for (std::size_t at = 0; at < asked.visits.size() && at < answers.size(); ++at) {
      const auto& here = asked.visits[at];
      for (std::size_t n = 0; n < here.attempts.size() && n < answers[at].attempts.size(); ++n) {
        const auto& answer = answers[at].attempts[n];
        if (answer.tried) {
          judge_attempt(here.attempts[n], answer);
        } else if (!answer.problem.empty() && std::exchange(problem, answer.problem) != answer.problem) {
          // One missing neighbour is missed by everybody.
          const bool is_news = !here.attempts[n].needs_neighbour || missed_.insert(problem).second;
          if (is_news) untried(here.attempts[n], answer);
        }
      }
      if (const auto* inside = tried.behind(here)) judge_inside(asked.log_in, *inside, answers[at]);
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
    auto& tally = tally_of(asked.probe, kind_of(asked));
    ++tally.checks;
    auto one = about(asked);
    one.says = verdict::unprovable;
    one.text = asked.needs_neighbour ? fmt::format("nobody could be tried to {}", asked.aim)
                                     : fmt::format("log-in \"{}\" could not be tried", asked.log_in);
    one.detail = answer.problem;
    add(std::move(one), tally);
  }

  // What hangs on a door that refused is answered by that refusal; of a door that gave no clear answer it is said once.
  void judge_inside(const role_name& log_in, const std::vector<attempt>& inside, const visit_answers& answers) {
    if (answers.attempts.empty() || !answers.attempts.front().tried) return;
    const auto& door = answers.attempts.front();
    for (std::size_t n = 0; n < inside.size(); ++n) {
      if (is_clear_refusal(door)) {
        ++tally_of(inside[n].probe, probe_class::log_in).checks;
      } else if (n < answers.inside.size() && answers.inside[n].tried) {
        auto asked = inside[n];
        asked.log_in = log_in;
        judge_attempt(asked, answers.inside[n]);
      }
    }
  }

  void judge_attempt(const attempt& asked, const outcome& answer) {
    auto& tally = tally_of(asked.probe, kind_of(asked));
    ++tally.checks;
    const auto says = meaning_of(asked, answer);
    if (says == meaning::as_expected) return;
    auto one = about(asked);
    const std::string as = answer.as.empty() ? "" : fmt::format(" as role \"{}\"", answer.as);
    if (says == meaning::leak) {
      one.says = verdict::leak;
      one.text = fmt::format("log-in \"{}\" could {}{}", asked.log_in, asked.aim, as);
      one.detail = leak_words(asked, answer);
      one.statement = asked.statement;
    } else if (asked.expects == expectation::works && asked.takes_all_of.empty()) {
      one.says = verdict::failed;
      one.text = fmt::format("log-in \"{}\" could not {}", asked.log_in, asked.aim);
      one.detail = answer_words(answer);
      if (asked.is_control)
        one.detail += "; so no refusal of this log-in would prove anything, and nothing else was tried";
    } else {
      one.says = verdict::failed;
      one.text = fmt::format("nobody knows whether log-in \"{}\" can {}{}", asked.log_in, asked.aim, as);
      one.detail = answer_words(answer);
      if (!answer.prepared) one.detail = "what comes before it failed: " + one.detail;
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
  std::set<std::string> missed_;
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

exit_code proof_report::code() const {
  return leaks + failed + drift == 0 ? exit_code::ok : exit_code::differences;
}

proof_report judge_proof(const proof_facts& facts, const plan& left, const attempt_plan& tried,
                         const proof_answers& answers) {
  proof_report report{
      .server = facts.desired().name, .services = count_services(facts), .tried = !tried.agendas.empty()};
  judge judging{facts, report};
  judging.catalogs();
  judging.databases_left_alone();
  for (std::size_t i = 0; i < tried.agendas.size() && i < answers.size(); ++i) {
    judging.log_in(tried, tried.agendas[i], answers[i]);
  }
  judging.drift(left);
  add_up(report);
  report.sharing = declared_sharing(facts);
  report.preflight = left.preflight;
  fill_record(facts, report);
  fill_matrix(facts, tried, answers, report);
  return report;
}

}  // namespace innkeeper
