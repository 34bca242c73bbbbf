#pragma once
// The built binary, run as a user runs it: words, environment and folder in; exit code and both outputs out.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace innkeeper::test {

struct finished {
  int status = 0;  // 128 + n for signal n
  std::string out;
  std::string err;
};

// The estates of examples/, copied to a folder of the test's own, with a home of its own: nothing that this machine's
// user keeps is read or changed.
class workplace {
 public:
  workplace();
  ~workplace();  // takes down every estate in it
  workplace(const workplace&) = delete;
  workplace& operator=(const workplace&) = delete;

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  std::filesystem::path copy_example(const std::string& name);
  std::filesystem::path write(const std::string& file, const std::string& text);

  [[nodiscard]] finished innkeeper(const std::vector<std::string>& words,
                                   const std::map<std::string, std::string>& variables = {}) const;
  [[nodiscard]] finished shell(const std::string& script) const;  // `innkeeper` is on its PATH

 private:
  std::filesystem::path root_;
};

// "$ innkeeper WORDS", what came of it, and the exit code, for a golden file.
[[nodiscard]] std::string transcript(const workplace& place, const std::vector<std::string>& words,
                                     const std::map<std::string, std::string>& variables = {});

// Times, ports, versions, sizes, passwords and this run's folders give way to names.
[[nodiscard]] std::string masked(std::string text, const workplace& place);

}  // namespace innkeeper::test
