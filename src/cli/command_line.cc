#include "cli/command_line.h"

#include <fmt/format.h>

#include <algorithm>

namespace innkeeper::cli {
namespace {

using words = std::vector<std::string>;

const option* find_option(const command* chosen, std::string_view word) {
  const auto is_meant = [&](const option& one) { return one.name == word || one.shorthand == word; };
  const auto look_in = [&](const std::vector<option>& options) {
    const auto found = std::ranges::find_if(options, is_meant);
    return found == options.end() ? nullptr : &*found;
  };
  if (const auto* found = look_in(global_options())) return found;
  return chosen == nullptr ? nullptr : look_in(chosen->options);
}

// The places of the words that may name a command: not options, nor the value of one that stands before the command.
std::vector<std::size_t> bare_words(const words& all) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].starts_with('-')) {
      places.push_back(i);
    } else if (const auto* known = find_option(nullptr, all[i]); known != nullptr && known->kind != option_kind::flag) {
      ++i;
    }
  }
  return places;
}

// Takes the command's words out of `all`: two of them where two name one, else the first.
const command* take_command(std::span<const command> table, words& all) {
  const auto places = bare_words(all);
  const auto named = [&](const std::string& name) -> const command* {
    const auto found = std::ranges::find(table, name, &command::name);
    return found == table.end() ? nullptr : &*found;
  };
  if (places.size() > 1) {
    if (const auto* found = named(all[places[0]] + " " + all[places[1]])) {
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(places[1]));
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(places[0]));
      return found;
    }
  }
  if (places.empty()) return nullptr;
  const auto* found = named(all[places[0]]);
  if (found != nullptr) all.erase(all.begin() + static_cast<std::ptrdiff_t>(places[0]));
  return found;
}

diagnostic usage_problem(std::string message, std::string hint) {
  return {.message = std::move(message), .hint = std::move(hint)};
}

std::string see_help(const command& of) {
  return fmt::format("Run \"innkeeper help {}\" to see what it takes.", of.name);
}

diagnostic unknown_command(std::span<const command> table, const words& all) {
  const auto places = bare_words(all);
  std::string word = all[places[0]];
  std::vector<std::string_view> candidates;
  const auto starts_group = [&](const command& one) { return one.name.starts_with(word + " "); };
  if (std::ranges::any_of(table, starts_group)) {
    std::string parts;
    for (const auto& one : table) {
      if (starts_group(one)) parts += fmt::format("{}\"innkeeper {}\"", parts.empty() ? "" : ", ", one.name);
    }
    return usage_problem(fmt::format("\"{}\" is not a whole command", word), fmt::format("Use one of {}.", parts));
  }
  for (const auto& one : table) candidates.push_back(one.name);
  std::string_view meant = nearest(word, candidates);
  if (meant.empty() && places.size() > 1) meant = nearest(word + " " + all[places[1]], candidates);
  return usage_problem(fmt::format("there is no command \"{}\"", word),
                       meant.empty() ? "Run \"innkeeper help\" to see all commands."
                                     : fmt::format("Did you mean \"innkeeper {}\"?", meant));
}

diagnostic unknown_option(const command& chosen, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string_view> candidates;
  for (const auto& one : global_options()) candidates.push_back(one.name);
  for (const auto& one : chosen.options) candidates.push_back(one.name);
  const auto meant = nearest(name, candidates);
  return usage_problem(fmt::format("\"{}\" has no option {}", chosen.name, name),
                       meant.empty() ? see_help(chosen) : fmt::format("Did you mean {}?", meant));
}

diagnostic too_many_words(const command& chosen, const std::string& word) {
  if (chosen.word.placeholder.empty()) {
    return usage_problem(fmt::format("\"{}\" takes no word \"{}\"", chosen.name, word), see_help(chosen));
  }
  return usage_problem(
      fmt::format("\"{}\" takes one {}, and \"{}\" is one too many", chosen.name, chosen.word.placeholder, word),
      see_help(chosen));
}

// "cafe,erp" and "cafe erp" are the same list.
words split_lists(const words& given) {
  words all;
  for (const auto& one : given) {
    std::size_t begin = 0;
    while (begin <= one.size()) {
      const auto end = std::min(one.find(',', begin), one.size());
      if (end > begin) all.push_back(one.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return all;
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word.starts_with('-');
}

// Reads one option at `place` and what belongs to it; `place` then is behind them.
void parse_option(command_line& line, const words& all, std::size_t& place) {
  const command& chosen = *line.chosen;
  const std::string& word = all[place++];
  const auto equals = word.find('=');
  const auto* known = find_option(&chosen, word.substr(0, equals));
  words given;
  if (equals != std::string::npos) given.push_back(word.substr(equals + 1));
  if (known == nullptr) {
    line.problem = unknown_option(chosen, word);
    return;
  }
  const auto take = [&](std::size_t at_most) {
    while (given.size() < at_most && place < all.size() && !is_option(all[place])) given.push_back(all[place++]);
  };
  const auto refuse = [&](const std::string& message) { line.problem = usage_problem(message, see_help(chosen)); };
  switch (known->kind) {
    case option_kind::flag:
      if (!given.empty()) refuse(fmt::format("option {} takes no value", known->name));
      break;
    case option_kind::value:
      take(1);
      break;
    case option_kind::values:
    case option_kind::maybe:
      if (given.empty()) take(all.size());
      given = split_lists(given);
      break;
  }
  const bool needs_one = known->kind == option_kind::value || known->kind == option_kind::values;
  if (needs_one && given.empty()) refuse(fmt::format("option {} needs {}", known->name, known->placeholder));
  line.given.add(known->name, given);
}

void parse_options(command_line& line, const words& all) {
  const command& chosen = *line.chosen;
  words named;
  for (std::size_t place = 0; place < all.size() && !line.problem;) {
    if (is_option(all[place])) {
      parse_option(line, all, place);
    } else if (const auto& word = all[place++];
               chosen.word.takes_several || (named.empty() && !chosen.word.placeholder.empty())) {
      named.push_back(word);
    } else {
      line.problem = too_many_words(chosen, word);
    }
  }
  line.given.set_positional(fmt::format("{}", fmt::join(named, " ")));
}

// Where no other program is to get it, a word behind "--" is a plain word.
void take_rest(command_line& line, const words& rest) {
  if (rest.empty()) return;
  if (line.chosen->takes_rest) {
    line.given.set_rest(rest);
  } else if (rest.size() == 1 && line.given.positional().empty() && !line.chosen->word.placeholder.empty()) {
    line.given.set_positional(rest.front());
  } else {
    line.problem = too_many_words(*line.chosen, rest.front());
  }
}

void check_meaning(command_line& line) {
  const command& chosen = *line.chosen;
  if (line.given.has("--json") && !chosen.has_json) {
    line.problem = usage_problem(fmt::format("\"{}\" has no --json", chosen.name), see_help(chosen));
  } else if (line.given.has("--verbose") && line.given.has("--quiet")) {
    line.problem = usage_problem("--verbose and --quiet exclude each other", "Leave one of them out.");
  } else if (chosen.word.is_required && line.given.positional().empty()) {
    line.problem =
        usage_problem(fmt::format("\"{}\" needs {}", chosen.name, chosen.word.placeholder), see_help(chosen));
  }
}

}  // namespace

const std::vector<option>& global_options() {
  static const std::vector<option> all{
      {"--manifest", "", option_kind::value, "FILE", "the estate's manifest, instead of looking for it"},
      {"--service", "", option_kind::values, "NAME…", "only these services, and what they need"},
      {"--json", "", option_kind::flag, "", "exactly one JSON document on standard output"},
      {"--verbose", "-v", option_kind::flag, "", "every step, on standard error"},
      {"--quiet", "-q", option_kind::flag, "", "no progress; only results and what went wrong"},
      {"--help", "-h", option_kind::flag, "", "this page"},
      {"--version", "", option_kind::flag, "", "which version this is"}};
  return all;
}

std::string arguments::value(std::string_view name) const {
  const auto found = options_.find(std::string{name});
  return found == options_.end() || found->second.empty() ? std::string{} : found->second.back();
}

std::vector<std::string> arguments::values(std::string_view name) const {
  const auto found = options_.find(std::string{name});
  return found == options_.end() ? words{} : found->second;
}

void arguments::add(std::string_view name, const std::vector<std::string>& given) {
  auto& all = options_[std::string{name}];
  all.insert(all.end(), given.begin(), given.end());
}

command_line parse_command_line(std::span<const command> all, const std::vector<std::string>& given) {
  const auto dashes = std::ranges::find(given, "--");
  words own{given.begin(), dashes};
  const words rest{dashes == given.end() ? dashes : dashes + 1, given.end()};
  command_line line;
  line.wants_help = std::ranges::any_of(own, [](const auto& word) { return word == "--help" || word == "-h"; });
  line.wants_version = std::ranges::find(own, "--version") != own.end();
  const bool names_something = !bare_words(own).empty();
  line.chosen = take_command(all, own);
  if (line.chosen == nullptr) {
    for (const auto& one : global_options()) {
      if (std::ranges::find(own, one.name) != own.end()) line.given.add(one.name, {});
    }
    if (names_something) {
      line.problem = unknown_command(all, own);
    } else if (const auto unknown = std::ranges::find_if(
                   own,
                   [](const auto& word) { return word.starts_with('-') && find_option(nullptr, word) == nullptr; });
               unknown != own.end()) {
      line.problem =
          usage_problem(fmt::format("there is no option {}", *unknown), "Run \"innkeeper help\" to see all commands.");
    }
    return line;
  }
  if (line.wants_help) return line;
  parse_options(line, own);
  if (!line.problem) take_rest(line, rest);
  if (!line.problem) check_meaning(line);
  return line;
}

}  // namespace innkeeper::cli
