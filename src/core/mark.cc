#include "core/mark.h"

#include <fmt/format.h>

namespace innkeeper {
namespace {

constexpr std::string_view estate_mark = "innkeeper estate=";
constexpr std::string_view service_mark = "innkeeper service";

// The text up to `separator`, which is taken away with it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

bool read_retired(std::string_view list, mark& into) {
  while (!list.empty()) {
    auto item = take_until(list, ',');
    const auto service = take_until(item, '@');
    if (service.empty()) return false;
    into.retired[std::string{service}] = std::string{item};
  }
  return true;
}

// A word that this version doesn't know: then the comment is nobody's mark, and nothing is done on its word.
bool read_word(std::string_view word, mark& into) {
  const auto key = take_until(word, '=');
  if (key == "retired") return read_retired(word, into);
  if (key != "pruned" || word.empty()) return false;
  into.pruned = word;
  return true;
}

}  // namespace

std::optional<mark> parse_mark(std::string_view comment) {
  auto words = take_until(comment, '\n');
  mark found{.note = std::string{comment}};
  if (words.starts_with(estate_mark)) {
    words.remove_prefix(estate_mark.size());
    found.estate = take_until(words, ' ');
    if (found.estate.empty()) return std::nullopt;
  } else if (words.starts_with(service_mark)) {
    words.remove_prefix(service_mark.size());
    if (!take_until(words, ' ').empty()) return std::nullopt;
  } else {
    return std::nullopt;
  }
  while (!words.empty()) {
    if (!read_word(take_until(words, ' '), found)) return std::nullopt;
  }
  return found;
}

std::string print_mark(const mark& one) {
  std::string text{one.estate.empty() ? service_mark : estate_mark};
  text += one.estate;
  std::string retired;
  for (const auto& [service, since] : one.retired) {
    retired += fmt::format("{}{}@{}", retired.empty() ? " retired=" : ",", service, since);
  }
  text += retired;
  if (!one.pruned.empty()) text += " pruned=" + one.pruned;
  if (!one.note.empty()) text += "\n" + one.note;
  return text;
}

std::string mark_of(std::string_view estate_name) {
  return print_mark({.estate = std::string{estate_name}});
}

std::optional<std::string> marked_estate(std::string_view comment) {
  auto found = parse_mark(comment);
  return found ? std::optional{std::move(found->estate)} : std::nullopt;
}

}  // namespace innkeeper
