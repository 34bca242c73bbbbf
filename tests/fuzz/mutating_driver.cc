// replay_<target> SECONDS ARTIFACT FILE|DIRECTORY…: a fuzz target without libFuzzer, for everyday: every collected
// input, then random changes of them until the time is over. No coverage guides it, but it is built by the compiler and
// with the sanitizers that everything else is built with. An input that ends it is left in ARTIFACT.
#include <sanitizer/common_interface_defs.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_input = 65536;

std::string current;
std::string artifact;

void keep_current() {
  std::ofstream{artifact, std::ios::binary} << current;
  std::cerr << "the input is in " << artifact << '\n';
}

void try_input(std::string input) {
  current = std::move(input);
  (void)LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
}

std::string read_file(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

std::vector<std::string> collect(int count, char** words) {
  std::vector<std::string> inputs{""};
  for (int i = 3; i < count; ++i) {
    if (fs::is_regular_file(words[i])) inputs.push_back(read_file(words[i]));
    if (!fs::is_directory(words[i])) continue;
    for (const auto& one : fs::recursive_directory_iterator{words[i]}) {
      if (one.is_regular_file() && one.file_size() <= longest_input) inputs.push_back(read_file(one.path()));
    }
  }
  return inputs;
}

class mutator {
 public:
  explicit mutator(const std::vector<std::string>& inputs) : inputs_{inputs} {}

  std::string next() {
    std::string text = pick();
    for (std::size_t i = 1 + below(6); i > 0; --i) change(text);
    if (text.size() > longest_input) text.resize(longest_input);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }
  const std::string& pick() { return inputs_[below(inputs_.size())]; }

  void change(std::string& text) {
    const std::size_t at = text.empty() ? 0 : below(text.size());
    switch (below(6)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(below(256));
        return;
      case 1:
        text.insert(at, 1, static_cast<char>(below(256)));
        return;
      case 2:
        text.erase(at, 1 + below(16));
        return;
      case 3:
        text.insert(at, text.substr(at, 1 + below(32)));
        return;
      case 4: {
        const auto& other = pick();
        if (!other.empty()) text.insert(at, other.substr(below(other.size()), 1 + below(64)));
        return;
      }
      default:
        text.resize(at);
    }
  }

  const std::vector<std::string>& inputs_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::cerr << "usage: replay_<target> SECONDS ARTIFACT FILE|DIRECTORY...\n";
    return 64;
  }
  artifact = words[2];
  __sanitizer_set_death_callback(keep_current);
  std::signal(SIGABRT, [](int) { keep_current(); });
  const auto inputs = collect(count, words);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{std::atoi(words[1])};
  std::size_t runs = 0;
  for (const auto& one : inputs) {
    try_input(one);
    ++runs;
  }
  for (mutator changed{inputs}; std::chrono::steady_clock::now() < deadline; ++runs) try_input(changed.next());
  std::cout << "Done " << runs << " runs\n";
  return 0;
}
