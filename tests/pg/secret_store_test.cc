#include "exec/secret_store.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "core/scram.h"
#include "exec/error.h"
#include "exec/private_file.h"
#include "exec/random.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

class secrets_directory : public testing::Test {
 protected:
  ~secrets_directory() override { fs::remove_all(root_); }

  static unsigned mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }
  static std::string content_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  // As a person would with an editor: in place, mode and all else as before.
  static void overwrite(const fs::path& path, std::string_view content) {
    std::ofstream{path, std::ios::binary | std::ios::trunc} << content;
  }
  void write_by_hand(std::string_view content) {
    fs::create_directories(file_.parent_path());
    overwrite(file_, content);
    fs::permissions(file_, fs::perms::owner_read | fs::perms::owner_write);
  }

  fs::path root_ = fs::temp_directory_path() / ("innkeeper-" + random_name());
  fs::path directory_ = root_ / "estate" / "secrets";
  secret_store store_{directory_};
  role_name cafe_{"cafe_user"};
  fs::path file_ = store_.password_file("shared", cafe_);
};

TEST_F(secrets_directory, what_is_absent_is_absent_and_leaves_no_trace) {
  EXPECT_EQ(store_.read("shared", cafe_).state, stored_state::absent);
  EXPECT_TRUE(store_.list().empty());
  store_.remove("shared", cafe_);
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(secrets_directory, a_made_password_is_private_raw_and_the_same_ever_after) {
  const auto made = store_.read_or_create("shared", cafe_);
  ASSERT_EQ(made.state, stored_state::present) << made.problem;
  EXPECT_EQ(made.value.password.expose().size(), 32U);
  EXPECT_TRUE(verifier_matches(made.value.password, made.value.verifier));
  EXPECT_EQ(content_of(file_), made.value.password.expose());
  EXPECT_EQ(file_, directory_ / "shared" / "cafe_user" / "password");
  EXPECT_EQ(mode_of(file_), 0600U);
  EXPECT_EQ(mode_of(file_.parent_path() / "verifier"), 0600U);
  for (auto path = file_.parent_path(); path != root_.parent_path(); path = path.parent_path())
    EXPECT_EQ(mode_of(path), 0700U) << path;
  EXPECT_EQ(store_.read("shared", cafe_).value, made.value);
  EXPECT_EQ(store_.read_or_create("shared", cafe_).value, made.value);
}

TEST_F(secrets_directory, what_was_written_is_read_back) {
  const stored_secret value{secret{" it's;2 @50% é "}, scram_verifier(secret{" it's;2 @50% é "}, random_salt())};
  store_.write("shared", cafe_, value);
  EXPECT_EQ(store_.read("shared", cafe_).value, value);
  for (const std::string_view bad : {std::string_view{""}, std::string_view{"a\nb"}, std::string_view{"a\0b", 3}})
    EXPECT_THROW(store_.write("shared", cafe_, {secret{std::string{bad}}, secret{}}), error);
  EXPECT_EQ(store_.read("shared", cafe_).value, value);
}

TEST_F(secrets_directory, a_password_written_by_hand_gets_its_verifier_on_first_use) {
  write_by_hand("by hand\n");
  const auto first = store_.read("shared", cafe_);
  ASSERT_EQ(first.state, stored_state::present) << first.problem;
  EXPECT_EQ(first.value.password, secret{"by hand"});
  EXPECT_TRUE(verifier_matches(first.value.password, first.value.verifier));
  EXPECT_EQ(store_.read("shared", cafe_).value, first.value);
  EXPECT_EQ(content_of(file_), "by hand\n");
}

TEST_F(secrets_directory, a_password_changed_by_hand_is_noticed) {
  const auto before = store_.read_or_create("shared", cafe_).value;
  overwrite(file_, "changed");
  const auto after = store_.read("shared", cafe_).value;
  EXPECT_EQ(after.password, secret{"changed"});
  EXPECT_TRUE(verifier_matches(after.password, after.verifier));
  EXPECT_EQ(store_.read("shared", cafe_).value, after);
}

TEST_F(secrets_directory, a_torn_or_forged_verifier_is_made_anew) {
  const auto made = store_.read_or_create("shared", cafe_).value;
  const auto verifier = file_.parent_path() / "verifier";
  const auto line = content_of(verifier);
  const secret other = scram_verifier(secret{"other"}, random_salt());
  for (const auto& bad : {std::string{}, line.substr(0, line.size() / 2), line + line,
                          other.expose() + line.substr(line.find(' ')), std::string(200, '\0')}) {
    overwrite(verifier, bad);
    const auto read = store_.read("shared", cafe_).value;
    EXPECT_EQ(read.password, made.password);
    EXPECT_TRUE(verifier_matches(read.password, read.verifier));
    EXPECT_EQ(store_.read("shared", cafe_).value, read) << "stored";
  }
}

TEST_F(secrets_directory, what_cannot_be_used_is_neither_absent_nor_replaced) {
  const auto expect_unreadable = [&](std::string_view problem) {
    const auto before = content_of(file_);
    for (const auto& entry : {store_.read("shared", cafe_), store_.read_or_create("shared", cafe_)}) {
      EXPECT_EQ(entry.state, stored_state::unreadable) << problem;
      EXPECT_EQ(entry.problem, problem);
    }
    EXPECT_EQ(content_of(file_), before);
  };
  const std::string name = file_.string();
  write_by_hand("");
  expect_unreadable(fmt::format("\"{}\" is empty: write the password into it, or remove it to have one made", name));
  write_by_hand("\n");
  expect_unreadable(fmt::format("\"{}\" is empty: write the password into it, or remove it to have one made", name));
  write_by_hand("a\n\n");
  expect_unreadable(fmt::format("\"{}\" holds more than one line: write only the password into it", name));
  write_by_hand(std::string(70'000, 'x'));
  expect_unreadable(fmt::format("\"{}\" is too large to be a secret", name));
  write_by_hand("fine");
  fs::permissions(file_, fs::perms::group_read, fs::perm_options::add);
  expect_unreadable(fmt::format("other users may read \"{}\": run: chmod 600 '{}'", name, name));
  fs::remove(file_);
  fs::create_directory(file_);
  EXPECT_EQ(store_.read_or_create("shared", cafe_).problem, fmt::format("\"{}\" is not a file", name));
  fs::remove(file_);
  fs::create_symlink(file_, file_);
  EXPECT_EQ(store_.read_or_create("shared", cafe_).problem,
            fmt::format("\"{}\" could not be read: Too many levels of symbolic links", name));
}

TEST_F(secrets_directory, a_read_only_directory_still_serves_its_passwords) {
  write_by_hand("by hand");
  fs::permissions(file_.parent_path(), fs::perms::owner_read | fs::perms::owner_exec);
  const auto read = store_.read("shared", cafe_);
  fs::permissions(file_.parent_path(), fs::perms::owner_all);
  ASSERT_EQ(read.state, stored_state::present) << read.problem;
  EXPECT_TRUE(verifier_matches(read.value.password, read.value.verifier));
}

TEST_F(secrets_directory, a_directory_that_others_may_write_to_is_refused) {
  fs::create_directories(directory_);
  fs::permissions(directory_, fs::perms::group_write, fs::perm_options::add);
  try {
    (void)store_.read_or_create("shared", cafe_);
    FAIL() << "wrote there";
  } catch (const error& failure) {
    EXPECT_EQ(failure.what(), fmt::format("other users may write to directory \"{}\"", directory_.string()));
    EXPECT_EQ(failure.hint(), fmt::format("Run: chmod 700 '{}'.", directory_.string()));
  }
}

TEST_F(secrets_directory, names_that_a_file_system_would_mangle_stay_apart) {
  const std::vector<std::string> hostile{"..",  ".",   "a/b",  "a b",          "é",  "%", "%2E", "a",  "A",
                                         "a.b", "../", "/etc", "Robert\"; --", "\n", "*", "🔑",   "-rf"};
  std::set<std::string> passwords;
  for (const auto& name : hostile) passwords.insert(store_.read_or_create(name, {name}).value.password.expose());
  EXPECT_EQ(passwords.size(), hostile.size());
  const auto all = store_.list();
  ASSERT_EQ(all.size(), hostile.size());
  for (const auto& one : all) EXPECT_EQ(one.server, one.role.value);
  for (const auto& one : all) store_.remove(one.server, one.role);
  EXPECT_TRUE(store_.list().empty());
}

TEST_F(secrets_directory, eight_processes_at_once_agree_on_one_password_and_one_verifier) {
  constexpr int processes = 8;
  constexpr int roles = 6;
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int outcome = 1;
      try {
        std::string said;
        for (int role = 0; role < roles; ++role) {
          const auto entry = store_.read_or_create("shared", {fmt::format("role_{}", role)});
          said += fmt::format("{} {} {}\n", role, entry.value.password.expose(), entry.value.verifier.expose());
        }
        fs::create_directories(root_ / "said");
        std::ofstream{root_ / "said" / std::to_string(i)} << said;
        outcome = 0;
      } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
      }
      ::_exit(outcome);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto first = content_of(root_ / "said" / "0");
  EXPECT_EQ(std::ranges::count(first, '\n'), roles);
  for (int i = 1; i < processes; ++i) EXPECT_EQ(content_of(root_ / "said" / std::to_string(i)), first);
  for (const auto& entry : fs::recursive_directory_iterator{directory_})
    EXPECT_NE(entry.path().filename().string()[0], '.') << "a temporary file was left: " << entry.path();
}

// Whoever computes a verifier draws a new salt, so an equal one was read.
TEST_F(secrets_directory, unchanged_entries_are_read_without_computing_verifiers) {
  const secret password{"p"};
  const stored_secret value{password, scram_verifier(password, random_salt())};
  for (const std::string name : {"a", "b", "c"}) {
    store_.write("shared", {name}, value);
    fs::permissions(directory_ / "shared" / name, fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_EQ(store_.read("shared", {name}).value, value);
    EXPECT_EQ(store_.read("shared", {name}).value, value);
    fs::permissions(directory_ / "shared" / name, fs::perms::owner_all);
  }
  EXPECT_EQ(store_.list().size(), 3U);
}

}  // namespace
}  // namespace innkeeper::exec
