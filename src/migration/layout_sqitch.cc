#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/own_transaction.h"
#include "migration/sqitch_plan.h"

namespace innkeeper::migration {
namespace {

constexpr std::string_view plan_name = "sqitch.plan";

// deploy/, revert/ and verify/ lie beside the plan.
class sqitch_reader {
 public:
  sqitch_reader(const files_view& files, const source_file& plan, reading& into) : plan_{plan}, into_{into} {
    top_ = plan.name.substr(0, plan.name.size() - plan_name.size());
    for (const auto* file : files) files_[file->name] = file;
  }

  void read() {
    auto plan = read_sqitch_plan(plan_.text, into_.path(plan_));
    into_.result.project = plan.project;
    auto& problems = into_.result.problems;
    problems.insert(problems.end(), plan.problems.begin(), plan.problems.end());
    for (const auto& change : plan.changes) read_change(change);
    for (const auto& [name, file] : files_) {
      const auto base = base_of(name);
      if (used_.contains(name) || file == &plan_ || base == "sqitch.conf") continue;
      into_.leave_out(*file, base.ends_with(".sql") ? "The plan names no change that it belongs to." : "");
    }
  }

 private:
  void read_change(const sqitch_change& change) {
    const auto* deploy = find("deploy/", change);
    if (deploy == nullptr) {
      into_.error(into_.place(plan_, change.line), fmt::format("change {} has no file to deploy it", change.name), {},
                  fmt::format("expected {}", expected_file("deploy/", change)));
      return;
    }
    migration_file made{.name = change.name, .up = as_it_stands(*deploy)};
    made.number.text = change.name + (change.instance > 1 ? fmt::format("#{}", change.instance) : "");
    if (const auto* revert = find("revert/", change)) made.down = as_it_stands(*revert);
    if (const auto* verify = find("verify/", change)) {
      made.verify = into_.make_script(*verify);
      take_off_transaction(*made.verify, /*may_roll_back=*/true);
    }
    if (made.down && made.down->statements.empty()) made.down.reset();
    into_.result.migrations.push_back(std::move(made));
  }

  // psql runs the file, so that it is in a transaction only where it says so.
  script as_it_stands(const source_file& file) {
    auto made = into_.make_script(file);
    made.says.no_transaction = !made.has_own_transaction;
    return made;
  }

  const source_file* find(std::string_view folder, const sqitch_change& change) {
    for (const auto& tag : change.rework_tags) {
      if (const auto* file = use(fmt::format("{}{}{}@{}.sql", top_, folder, change.name, tag))) return file;
    }
    return change.rework_tags.empty() ? use(expected_file(folder, change)) : nullptr;
  }

  [[nodiscard]] std::string expected_file(std::string_view folder, const sqitch_change& change) const {
    const std::string tag = change.rework_tags.empty() ? "" : "@" + change.rework_tags.front();
    return fmt::format("{}{}{}{}.sql", top_, folder, change.name, tag);
  }

  const source_file* use(const std::string& name) {
    const auto found = files_.find(name);
    if (found == files_.end()) return nullptr;
    used_.insert(name);
    return found->second;
  }

  const source_file& plan_;
  reading& into_;
  std::string top_;
  std::map<std::string, const source_file*> files_;
  std::set<std::string> used_;
};

}  // namespace

void read_sqitch(const files_view& files, reading& into) {
  files_view plans;
  std::ranges::copy_if(files, std::back_inserter(plans),
                       [](const source_file* file) { return base_of(file->name) == plan_name; });
  if (plans.empty()) return into.error(into.place({.name = std::string{plan_name}}), "there is no such file");
  if (plans.size() > 1) {
    return into.error(into.place(*plans[1]), "there are two plans", "Name the directory of one project.",
                      fmt::format("the other is {}", into.path(*plans[0])));
  }
  sqitch_reader{files, *plans.front(), into}.read();
}

}  // namespace innkeeper::migration
