#include "tests/cli/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <regex>
#include <sstream>

#include "tests/cli/golden.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void become(const std::vector<std::string>& words, const fs::path& root,
                         const std::map<std::string, std::string>& variables, const fs::path& out,
                         const fs::path& err) {
  std::map<std::string, std::string> all{
      {"HOME", root.string()},
      {"XDG_STATE_HOME", (root / "state").string()},
      {"PATH", fs::path{INNKEEPER_BINARY}.parent_path().string() + ":/usr/local/bin:/usr/bin:/bin"},
      {"LC_ALL", "C.UTF-8"}};
  for (const auto& [name, value] : variables) all[name] = value;
  std::vector<std::string> lines;
  for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (auto& one : lines) environment.push_back(one.data());
  environment.push_back(nullptr);
  std::vector<std::string> copy = words;
  std::vector<char*> raw;
  for (auto& one : copy) raw.push_back(one.data());
  raw.push_back(nullptr);
  if (chdir(root.c_str()) != 0) _exit(126);
  dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
  dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  execvpe(raw[0], raw.data(), environment.data());
  _exit(127);
}

int shell_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

finished run(const std::vector<std::string>& words, const fs::path& root,
             const std::map<std::string, std::string>& variables) {
  const fs::path out = root / fmt::format("out.{}", getpid());
  const fs::path err = root / fmt::format("err.{}", getpid());
  const pid_t child = fork();
  if (child == 0) become(words, root, variables, out, err);
  int status = 0;
  waitpid(child, &status, 0);
  finished result{shell_status(status), read_text(out), read_text(err)};
  fs::remove(out);
  fs::remove(err);
  return result;
}

fs::path make_root() {
  // Short: sockets live below it where the tests don't run as root.
  std::string pattern = "/tmp/ik-cli-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp"};
  return pattern;
}

}  // namespace

workplace::workplace() : root_{make_root()} {}

workplace::~workplace() {
  for (const auto& one : fs::directory_iterator{root_}) {
    if (!fs::exists(one.path() / "innkeeper.yaml") || !fs::exists(one.path() / ".innkeeper")) continue;
    const auto ended = innkeeper({"down", one.path().string(), "--purge", "--yes"});
    if (ended.status != 0) ADD_FAILURE() << "could not take down " << one.path() << ": " << ended.err;
  }
  fs::remove_all(root_);
}

fs::path workplace::copy_example(const std::string& name) {
  // Its schema files are those of the estate beside it.
  if (name == "flow-backend-isolated" && !fs::exists(root_ / "flow-backend")) copy_example("flow-backend");
  fs::copy(fs::path{INNKEEPER_SOURCE_DIR} / "examples" / name, root_ / name, fs::copy_options::recursive);
  fs::remove_all(root_ / name / ".innkeeper");
  return root_ / name;
}

fs::path workplace::write(const std::string& file, const std::string& text) {
  fs::create_directories((root_ / file).parent_path());
  std::ofstream{root_ / file, std::ios::binary} << text;
  return root_ / file;
}

finished workplace::innkeeper(const std::vector<std::string>& words,
                              const std::map<std::string, std::string>& variables) const {
  std::vector<std::string> all{INNKEEPER_BINARY};
  all.insert(all.end(), words.begin(), words.end());
  return run(all, root_, variables);
}

finished workplace::shell(const std::string& script) const {
  return run({"bash", "-c", script}, root_, {});
}

std::string transcript(const workplace& place, const std::vector<std::string>& words,
                       const std::map<std::string, std::string>& variables) {
  std::string line = "$ ";
  for (const auto& [name, value] : variables) line += name + "=" + value + " ";
  line += "innkeeper";
  for (const auto& word : words) line += " " + (word.find(' ') == std::string::npos ? word : "'" + word + "'");
  const auto ran = place.innkeeper(words, variables);
  std::string text = line + "\n" + ran.out;
  std::istringstream errors{ran.err};
  for (std::string one; std::getline(errors, one);) text += one.empty() ? "!\n" : "! " + one + "\n";
  if (ran.status != 0) text += fmt::format("[{}]\n", ran.status);
  return masked(text + "\n", place);
}

std::string masked(std::string text, const workplace& place) {
  const auto replace = [&](const std::string& pattern, const std::string& with) {
    text = std::regex_replace(text, std::regex{pattern}, with);
  };
  replace(place.root().string(), "ROOT");
  replace(R"(/var/lib/innkeeper/[^/ ]+-[0-9a-f]{12})", "DATA");
  replace(R"(127\.0\.0\.1(:|;Port=)[0-9]+)", "127.0.0.1$1PORT");
  replace(R"((//[a-z_]+:)[A-Za-z0-9]{32}@)", "$1PASSWORD@");
  replace(R"(Password=[A-Za-z0-9]{32})", "Password=PASSWORD");
  replace(R"(\b[0-9.]+ (ms|s)\b)", "TIME");
  replace(R"([0-9.]+ (bytes|kB|MB|GB) *)", "SIZE ");
  replace("size +state", "size state");
  // Whether this machine's PostgreSQL is the newest of its major is not what the tests are about.
  replace(
      R"((Advice \(1\)\n)?advice P45: PostgreSQL [^\n]* is not the newest release [^\n]*\n(  [^\n]*\n)*(\n(?=\w))?)",
      "");
  replace(R"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC)", "MINUTE");
  replace(R"(PostgreSQL [0-9]+(\.[0-9]+)?)", "PostgreSQL VERSION");
  replace(R"(\(system [0-9]+\))", "(system ID)");
  replace(R"(list of probes [0-9]+-[0-9a-f]{8})", "list of probes VERSION");
  replace(R"("probe_list": "[0-9]+-[0-9a-f]{8}")", R"("probe_list": "VERSION")");
  return text;
}

}  // namespace innkeeper::test
