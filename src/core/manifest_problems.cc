#include "core/manifest_problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "core/text.h"

namespace innkeeper {
namespace {

constexpr std::size_t longest_shown_line = 200;

// "password: hunter2", "Password=hunter2", but not "password: [env: …]" or "password: ${NAME}".
bool has_literal_after(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const std::size_t sign = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_- \"'", at);
    if (sign == std::string_view::npos) return false;
    if (line[sign] != ':' && line[sign] != '=') continue;
    const std::size_t value = line.find_first_not_of(" \t\"'", sign + 1);
    if (value == std::string_view::npos) continue;
    if (std::string_view{"[{$#"}.find(line[value]) == std::string_view::npos) return true;
  }
  return false;
}

bool has_user_and_password(std::string_view line) {
  const std::size_t scheme = line.find("://");
  return scheme != std::string_view::npos && line.find('@', scheme) != std::string_view::npos;
}

}  // namespace

bool may_show_secret(std::string_view line) {
  static constexpr std::array<std::string_view, 5> words{"pass", "pasw", "pwd", "secret:", "token"};
  const std::string lower = to_lower(line);
  return has_user_and_password(lower) ||
         std::ranges::any_of(words, [&](std::string_view word) { return has_literal_after(lower, word); });
}

const source_text& manifest_problems::add_source(const std::string& file, std::string text) {
  const std::size_t order = files_.size();
  return files_.try_emplace(file, file_facts{order, source_text{std::move(text)}, {}}).first->second.text;
}

void manifest_problems::error(const location& where, std::string message, std::string hint, std::string detail) {
  if (is_full()) {
    ++dropped_;
    return;
  }
  found_.push_back({.level = severity::error,
                    .where = where,
                    .message = std::move(message),
                    .detail = std::move(detail),
                    .hint = std::move(hint)});
}

void manifest_problems::hide_lines(const std::string& file, int first, int last) {
  const auto facts = files_.find(file);
  if (facts == files_.end()) return;
  int& end = facts->second.hidden[first];
  end = std::max(end, last);
}

std::string manifest_problems::shown_line(const location& where) const {
  const auto facts = files_.find(where.file);
  if (facts == files_.end() || where.line == 0) return {};
  const auto is_inside = [&](const auto& range) { return range.first <= where.line && where.line <= range.second; };
  if (std::ranges::any_of(facts->second.hidden, is_inside)) return {};
  const std::string_view line = facts->second.text.line(where.line);
  if (line.size() > longest_shown_line || may_show_secret(line) || utf8_length(line) == 0) return {};
  return std::string{line};
}

std::size_t manifest_problems::order_of(const location& where) const {
  const auto facts = files_.find(where.file);
  return facts == files_.end() ? files_.size() : facts->second.order;
}

diagnostics manifest_problems::take() {
  std::ranges::stable_sort(found_, [this](const diagnostic& a, const diagnostic& b) {
    return std::tuple{order_of(a.where), a.where.line, a.where.column} <
           std::tuple{order_of(b.where), b.where.line, b.where.column};
  });
  for (auto& one : found_) one.source_line = shown_line(one.where);
  if (dropped_ > 0) {
    found_.push_back({.message = fmt::format("{} more problems are not shown", dropped_),
                      .hint = "Mend the first ones; many of the others may go with them."});
  }
  return std::move(found_);
}

}  // namespace innkeeper
