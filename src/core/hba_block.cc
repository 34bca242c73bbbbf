#include "core/hba_block.h"

#include <fmt/format.h>

namespace innkeeper {
namespace {

constexpr std::string_view block_begin =
    "# innkeeper: begin. Written anew at each start; changes made here are lost.\n";
constexpr std::string_view block_end = "# innkeeper: end\n";

// Quoted, a word is a name and nothing else: a role may be called "all".
std::string hba_word(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += c;
    text += c;
  }
  return text + "\"";
}

std::string block_of(const hba_wishes& wishes) {
  std::string lines;
  for (const auto& one : wishes.by_certificate) {
    lines += certificate_line(one) + "\n";
    // The lines below the block would ask for a password that it may still have.
    const auto name = hba_word(one.value);
    lines += fmt::format("hostnossl all {} all reject\nlocal all {} reject\n", name, name);
  }
  if (wishes.only_tls) lines += "hostnossl all,replication all all reject\n";
  return lines.empty() ? std::string{} : fmt::format("{}{}{}", block_begin, lines, block_end);
}

}  // namespace

std::string certificate_line(const role_name& log_in) {
  return fmt::format("hostssl all {} all cert", hba_word(log_in.value));
}

std::string with_hba_block(std::string_view file, const hba_wishes& wishes) {
  std::string rest{file};
  if (const auto begin = rest.find(block_begin); begin != std::string::npos) {
    const auto end = rest.find(block_end, begin);
    if (end != std::string::npos) rest.erase(begin, end + block_end.size() - begin);
  }
  return block_of(wishes) + rest;
}

}  // namespace innkeeper
