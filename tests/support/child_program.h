#pragma once
// A program that runs beside the test: started, watched, killed. It dies with the thread that started it.
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace innkeeper::test {

struct ended_program {
  int status = 0;  // as a shell shows it: 128 + n for signal n
  std::string output;
};

class child_program {
 public:
  // Its outputs go to `output`, from the beginning. Throws exec::error where it can't be started.
  child_program(std::vector<std::string> words, const std::map<std::string, std::string>& environment,
                const std::filesystem::path& directory, std::filesystem::path output);
  child_program(const child_program&) = delete;
  child_program& operator=(const child_program&) = delete;
  ~child_program();  // kills it where it still runs

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool has_ended();
  // Throws std::runtime_error, with what it said, where it takes longer than `seconds`; it is killed then.
  ended_program wait(int seconds = 120);

 private:
  pid_t pid_ = 0;
  std::filesystem::path output_;
  std::optional<int> status_;
};

}  // namespace innkeeper::test
