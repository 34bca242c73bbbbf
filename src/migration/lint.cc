#include "migration/lint.h"

#include <fmt/format.h>

#include <array>

#include "migration/lint_context.h"

namespace innkeeper::migration {
namespace {

constexpr int first_beyond_the_grammar = 160000;

using rule_function = void (*)(const lint_context&);
constexpr auto rules_of_trees = std::to_array<rule_function>(
    {lint_indexes, lint_drops, lint_renames, lint_alter_table, lint_new_table, lint_maintenance, lint_table_locks,
     lint_data, lint_enums, lint_transactions, lint_settings, lint_guards, lint_privileges, lint_names});

// Goes through all files once; a statement is parsed once.
class lint_run {
 public:
  explicit lint_run(const lint_facts& facts) : known_{facts} {}

  void take(const lint_file& file) {
    known_.begin_file(file);
    lint_file_end end;
    check_ignored(file, file.statements.empty() ? location{file.name} : file.statements.front().where, file.ignored);
    for (const auto& statement : file.statements) take(file, statement, end);
    end.report(findings_);
  }

  std::vector<lint_finding> result() {
    keys_.report(known_, findings_);
    return findings_.take();
  }

 private:
  void take(const lint_file& file, const sql_statement& statement, lint_file_end& end) {
    ++order_;
    auto ignored = ignored_by_comments(statement);
    std::erase_if(ignored, [&](const auto& one) { return file.ignored.contains(one.first); });
    check_ignored(file, statement.where, ignored);
    std::string problem;
    const auto tree = sql_tree::parse(statement.text, &problem);
    const lint_context at{file, statement, order_, tree ? tree->root() : sql_node{}, known_, findings_};
    if (!tree) return take_unparsed(at, problem);
    for (const auto rule : rules_of_trees) rule(at);
    keys_.take(at);
    end.take(at);
    known_.learn(*tree, file);
  }

  void take_unparsed(const lint_context& at, const std::string& problem) {
    const bool is_client_syntax = lint_client_syntax(at);
    lint_names(at);
    if (is_client_syntax) return;
    const bool may_be_newer = known_.knows_version() && known_.version() >= first_beyond_the_grammar;
    at.report({.rule = "not-analysed",
               .message = fmt::format("this statement isn't analysed: {}", problem),
               .hint = may_be_newer
                           ? "Rules know PostgreSQL's grammar up to 15. Look at its locks yourself."
                           : "Rules know PostgreSQL's grammar up to 15. The server will refuse the statement, or it "
                             "is newer than that.",
               .level = may_be_newer ? lint_level::info : lint_level::warning});
  }

  // An ignored rule that is none, or for no reason.
  void check_ignored(const lint_file& file, const location& where, const std::map<std::string, std::string>& ignored) {
    for (const auto& [rule, reason] : ignored) {
      lint_finding finding{.level = lint_level::warning, .where = where};
      finding.where.file = where.file.empty() ? file.name : where.file;
      if (find_lint_rule(rule) == nullptr) {
        finding.rule = "unknown-rule";
        finding.message = fmt::format("lint-ignore names {}, which is no rule", in_quotes(rule));
        finding.hint = hint_for(rule);
      } else if (reason.empty()) {
        finding.rule = "lint-ignore-without-reason";
        finding.message = fmt::format("lint-ignore {} gives no reason and doesn't count", rule);
        finding.hint = "Write behind the rule why it is safe here.";
      } else {
        continue;
      }
      findings_.add(order_, std::move(finding));
    }
  }

  static std::string hint_for(const std::string& rule) {
    std::vector<std::string_view> ids;
    for (const auto& one : lint_rules()) ids.push_back(one.id);
    const auto meant = nearest(rule, ids);
    return meant.empty() ? "" : fmt::format("Did you mean {}?", in_quotes(meant));
  }

  lint_knowledge known_;
  lint_collector findings_;
  lint_foreign_keys keys_;
  std::size_t order_ = 0;
};

}  // namespace

std::vector<lint_finding> lint(const std::vector<lint_file>& pending, const lint_facts& facts) {
  lint_run run{facts};
  for (const auto& file : pending) run.take(file);
  return run.result();
}

}  // namespace innkeeper::migration
