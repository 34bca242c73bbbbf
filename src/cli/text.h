#pragma once
// Colours for people at a terminal; no colours: the same text, bare.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace innkeeper::cli {

enum class color { green, yellow, red, magenta, bold, dim };

[[nodiscard]] std::string paint(std::string_view text, color with, bool colored);

// Columns of a table, aligned by characters; the last one isn't padded.
class text_table {
 public:
  explicit text_table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string text(std::string_view indent = "") const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

[[nodiscard]] std::string counted(long count, std::string_view singular);      // "1 step", "2 steps"
[[nodiscard]] std::string human_bytes(long long bytes);                        // "7.3 MB"
[[nodiscard]] std::string human_duration(std::chrono::milliseconds duration);  // "3.2 s"

}  // namespace innkeeper::cli
