#include "migration/own_transaction.h"

#include <algorithm>

#include "core/text.h"
#include "migration/sql_scan.h"
#include "migration/statement_kind.h"

namespace innkeeper::migration {
namespace {

enum class boundary { none, begins, commits, rolls_back, other };

std::vector<std::string> first_words(const sql_statement& one, std::size_t most) {
  std::vector<std::string> words;
  for (const auto& token : scan_sql(one.text).tokens) {
    if (token.kind == token_class::comment) continue;
    if (words.size() == most) break;
    words.push_back(to_lower(std::string_view{one.text}.substr(token.begin, token.end - token.begin)));
  }
  return words;
}

bool is_noise(const std::string& word) {
  return word == "work" || word == "transaction";
}

boundary boundary_of(const sql_statement& one) {
  static constexpr std::size_t longest = 200;  // with modes and comments; spares scanning every long statement
  static constexpr std::string_view first_letters = "bBsScCeErRaA/-";
  if (one.text.size() > longest || first_letters.find(one.text.front()) == std::string_view::npos)
    return boundary::none;
  auto words = first_words(one, 4);
  if (words.empty()) return boundary::none;
  const bool is_start = words.size() > 1 && words[0] == "start" && words[1] == "transaction";
  const std::string verb = is_start ? "begin" : words[0];
  const std::size_t used = words.size() > 1 && is_noise(words[1]) ? 2 : 1;
  const bool is_plain = words.size() == used;
  if (verb == "begin") return is_plain ? boundary::begins : boundary::other;
  if (verb == "commit" || verb == "end") return is_plain ? boundary::commits : boundary::other;
  if (verb == "rollback" || verb == "abort") {
    const bool is_savepoint = words.size() > used && words[used] == "to";
    return is_plain ? boundary::rolls_back : is_savepoint ? boundary::none : boundary::other;
  }
  return boundary::none;
}

}  // namespace

void take_off_transaction(script& made, bool may_roll_back) {
  auto& all = made.statements;
  if (all.size() < 2 || boundary_of(all.front()) != boundary::begins) return;
  const auto last = boundary_of(all.back());
  if (last != boundary::commits && !(may_roll_back && last == boundary::rolls_back)) return;
  const bool is_one = std::all_of(all.begin() + 1, all.end() - 1,
                                  [](const sql_statement& one) { return boundary_of(one) == boundary::none; });
  if (!is_one) return;
  all.pop_back();
  all.erase(all.begin());
  made.has_own_transaction = true;
}

bool runs_outside_transaction(const sql_statement& one) {
  return traits_of(one.text).kind == statement_kind::outside;
}

}  // namespace innkeeper::migration
