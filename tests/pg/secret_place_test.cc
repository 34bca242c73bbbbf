#include "exec/secret_place.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "exec/error.h"
#include "exec/private_file.h"
#include "exec/random.h"
#include "exec/secret_places.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

using keys = std::map<std::string, secret>;

keys keys_of(std::initializer_list<std::pair<const char*, const char*>> all) {
  keys made;
  for (const auto& [key, value] : all) made[key] = secret{value};
  return made;
}

// What holds for every place that is a file or several.
class place_files : public testing::TestWithParam<std::string> {
 protected:
  place_files() { fs::create_directories(root_); }
  ~place_files() override { fs::remove_all(root_); }

  [[nodiscard]] std::unique_ptr<secret_place> open() const {
    return GetParam() == "file" ? env_file_place(path_, "cafe") : directory_place(path_, "cafe");
  }
  [[nodiscard]] std::map<std::string, std::string> values() const {
    std::map<std::string, std::string> all;
    for (const auto& [key, value] : open()->read().content.keys) all[key] = value.value.expose();
    return all;
  }
  [[nodiscard]] std::map<std::string, std::string> owners() const {
    std::map<std::string, std::string> all;
    for (const auto& [key, value] : open()->read().content.keys) {
      all[key] = value.owner + (value.is_altered ? "!" : "");
    }
    return all;
  }
  [[nodiscard]] bool write(const keys& what, std::string_view owner = "bistro/cafe") const {
    const auto place = open();
    const auto before = place->read();
    EXPECT_NE(before.state, stored_state::unreadable) << before.problem;
    return place->write(what, owner, before.content.version);
  }
  // As another hand does it.
  void put(const std::string& key, const std::string& value) const {
    if (GetParam() == "file") {
      std::ofstream{path_, std::ios::app} << key << "=" << value << "\n";
    } else {
      fs::create_directories(path_);
      std::ofstream{path_ / key} << value;
    }
  }
  static unsigned mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }
  static std::string text_of(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  using map = std::map<std::string, std::string>;
  fs::path root_ = fs::temp_directory_path() / ("innkeeper-" + random_name());
  fs::path path_ = root_ / "estate" / "cafe";
};

TEST_P(place_files, what_is_absent_is_absent_and_leaves_no_trace) {
  EXPECT_EQ(open()->read().state, stored_state::absent);
  EXPECT_EQ(open()->read().content, place_content{});
  EXPECT_TRUE(write({}));
  EXPECT_FALSE(fs::exists(path_.parent_path()));
}

TEST_P(place_files, what_was_written_is_private_and_read_back_with_its_owner) {
  EXPECT_TRUE(write(keys_of({{"URL", "postgresql://u:p@h/d?a=b&c=d"}, {"TEXT", "it's\n\"5 $\\ `x`\n #; \t"}})));
  EXPECT_EQ(values(), (map{{"URL", "postgresql://u:p@h/d?a=b&c=d"}, {"TEXT", "it's\n\"5 $\\ `x`\n #; \t"}}));
  EXPECT_EQ(owners(), (map{{"URL", "bistro/cafe"}, {"TEXT", "bistro/cafe"}}));
  EXPECT_EQ(mode_of(path_.parent_path()), 0700U);
  const fs::path file = GetParam() == "file" ? path_ : path_ / "URL";
  EXPECT_EQ(mode_of(file), 0600U);
}

TEST_P(place_files, the_same_again_touches_nothing) {
  const auto what = keys_of({{"A", "1"}, {"B", "2 3"}});
  EXPECT_TRUE(write(what));
  const fs::path file = GetParam() == "file" ? path_ : path_ / ".innkeeper";
  struct stat before {};
  ASSERT_EQ(::stat(file.c_str(), &before), 0);
  const auto version = open()->read().content.version;
  EXPECT_TRUE(write(what));
  struct stat after {};
  ASSERT_EQ(::stat(file.c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(open()->read().content.version, version);
}

TEST_P(place_files, other_hands_keys_stay_and_own_ones_that_are_no_longer_wanted_go) {
  fs::create_directories(path_.parent_path());
  put("THEIRS", "x");
  EXPECT_TRUE(write(keys_of({{"A", "1"}, {"B", "2"}})));
  EXPECT_TRUE(write(keys_of({{"B", "3"}})));
  EXPECT_EQ(values(), (map{{"B", "3"}, {"THEIRS", "x"}}));
  EXPECT_EQ(owners(), (map{{"B", "bistro/cafe"}, {"THEIRS", ""}}));
  EXPECT_TRUE(write({}));
  EXPECT_EQ(values(), (map{{"THEIRS", "x"}}));
}

TEST_P(place_files, a_place_that_holds_nothing_more_is_gone) {
  EXPECT_TRUE(write(keys_of({{"A", "1"}})));
  EXPECT_TRUE(write({}));
  EXPECT_FALSE(fs::exists(path_));
  EXPECT_EQ(open()->read().state, stored_state::absent);
}

TEST_P(place_files, two_services_share_one_and_keep_out_of_each_others_keys) {
  EXPECT_TRUE(write(keys_of({{"CAFE", "1"}}), "bistro/cafe"));
  EXPECT_TRUE(write(keys_of({{"ERP", "2"}}), "bistro/erp"));
  EXPECT_TRUE(write(keys_of({{"CAFE", "3"}}), "bistro/cafe"));
  EXPECT_EQ(values(), (map{{"CAFE", "3"}, {"ERP", "2"}}));
  EXPECT_EQ(owners(), (map{{"CAFE", "bistro/cafe"}, {"ERP", "bistro/erp"}}));
  // What changes hands belongs to one of them only.
  EXPECT_TRUE(write(keys_of({{"ERP", "2"}, {"CAFE", "3"}}), "bistro/erp"));
  EXPECT_EQ(owners(), (map{{"CAFE", "bistro/erp"}, {"ERP", "bistro/erp"}}));
  EXPECT_TRUE(write({}, "bistro/cafe"));
  EXPECT_EQ(values(), (map{{"CAFE", "3"}, {"ERP", "2"}}));
}

TEST_P(place_files, what_another_hand_changed_shows_and_what_it_removed_is_gone) {
  EXPECT_TRUE(write(keys_of({{"A", "1"}, {"B", "2"}})));
  put("A", "changed");
  EXPECT_EQ(owners(), (map{{"A", "bistro/cafe!"}, {"B", "bistro/cafe"}}));
  EXPECT_TRUE(write(keys_of({{"A", "1"}, {"B", "2"}})));
  EXPECT_EQ(owners(), (map{{"A", "bistro/cafe"}, {"B", "bistro/cafe"}}));
}

TEST_P(place_files, what_another_hand_altered_is_not_removed_with_the_rest) {
  EXPECT_TRUE(write(keys_of({{"A", "1"}, {"B", "2"}, {"C", "3"}})));
  put("A", "changed");
  EXPECT_TRUE(write(keys_of({{"B", "4"}})));
  EXPECT_EQ(values(), (map{{"A", "changed"}, {"B", "4"}}));
  EXPECT_EQ(owners(), (map{{"A", "bistro/cafe!"}, {"B", "bistro/cafe"}}));
}

TEST_P(place_files, whoever_read_before_another_hand_wrote_writes_nothing) {
  const auto place = open();
  EXPECT_TRUE(place->write(keys_of({{"A", "1"}}), "bistro/cafe", place->read().content.version));
  const auto old = place->read().content.version;
  put("THEIRS", "x");
  EXPECT_FALSE(place->write(keys_of({{"A", "2"}}), "bistro/cafe", old));
  EXPECT_FALSE(place->write(keys_of({{"A", "2"}}), "bistro/cafe", ""));
  EXPECT_EQ(values(), (map{{"A", "1"}, {"THEIRS", "x"}}));
  fs::remove_all(path_);
  EXPECT_FALSE(place->write(keys_of({{"A", "2"}}), "bistro/cafe", old));
  EXPECT_EQ(place->read().state, stored_state::absent);
}

TEST_P(place_files, a_key_that_others_may_read_is_refused_once_it_is_ours_and_closed_by_the_first_write) {
  fs::create_directories(path_.parent_path());
  put("A", "1");
  const fs::path file = GetParam() == "file" ? path_ : path_ / "A";
  fs::permissions(file, fs::perms{0644});
  EXPECT_EQ(open()->read().state, stored_state::present);
  EXPECT_TRUE(write(keys_of({{"A", "1"}})));
  EXPECT_EQ(mode_of(file), 0600U);
  fs::permissions(file, fs::perms{0644});
  const auto entry = open()->read();
  EXPECT_EQ(entry.state, stored_state::unreadable);
  EXPECT_EQ(entry.problem,
            fmt::format("other users may read \"{}\": run: chmod 600 '{}'", file.string(), file.string()));
}

TEST_P(place_files, what_cannot_be_read_is_unreadable_and_never_written) {
  fs::create_directories(path_);
  if (GetParam() == "directory") {
    fs::remove(path_);
    std::ofstream{path_} << "no directory";
  }
  const auto entry = open()->read();
  EXPECT_EQ(entry.state, stored_state::unreadable);
  EXPECT_FALSE(entry.problem.empty());
  EXPECT_THROW((void)open()->write(keys_of({{"A", "1"}}), "bistro/cafe", ""), error);
}

// In a child, since limits and user ids are the process's.
template <class Work>
int status_of_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_P(place_files, a_disk_that_is_full_leaves_the_old_content_whole) {
  EXPECT_TRUE(write(keys_of({{"A", "1"}})));
  const auto before = open()->read().content;
  EXPECT_EQ(status_of_child([&] {
              ::signal(SIGXFSZ, SIG_IGN);
              const rlimit nothing_more{16, 16};
              ::setrlimit(RLIMIT_FSIZE, &nothing_more);
              try {
                const auto place = open();
                (void)place->write(keys_of({{"A", std::string(100, 'x').c_str()}, {"B", "2"}}), "bistro/cafe",
                                   place->read().content.version);
              } catch (const error&) {
                return 0;
              }
              return 1;
            }),
            0);
  EXPECT_EQ(open()->read().content, before);
  for (const auto& one : fs::recursive_directory_iterator{root_})
    EXPECT_FALSE(one.path().filename().string().starts_with(".A.") ||
                 one.path().filename().string().starts_with(".cafe."))
        << one.path();
}

TEST_P(place_files, a_directory_that_may_not_be_written_is_an_error_that_names_it) {
  EXPECT_TRUE(write(keys_of({{"A", "1"}})));
  const auto before = open()->read().content;
  const bool is_root = ::getuid() == 0;
  const auto give_to = [&](uid_t user) {
    if (!is_root) return;
    for (const auto& one : fs::recursive_directory_iterator{root_})
      ASSERT_EQ(::chown(one.path().c_str(), user, static_cast<gid_t>(user)), 0);
    ASSERT_EQ(::chown(root_.c_str(), user, static_cast<gid_t>(user)), 0);
  };
  give_to(65534);
  const fs::path directory = GetParam() == "file" ? path_.parent_path() : path_;
  fs::permissions(directory, fs::perms{0555});
  EXPECT_EQ(status_of_child([&] {
              if (is_root && (::setgid(65534) != 0 || ::setuid(65534) != 0)) return 2;
              try {
                const auto place = open();
                (void)place->write(keys_of({{"A", "2"}}), "bistro/cafe", place->read().content.version);
              } catch (const error& refused) {
                return std::string{refused.what()}.find(directory.string()) == std::string::npos ? 3 : 0;
              }
              return 1;
            }),
            0);
  fs::permissions(directory, fs::perms{0700});
  give_to(0);
  EXPECT_EQ(open()->read().content, before);
}

INSTANTIATE_TEST_SUITE_P(of, place_files, testing::Values("file", "directory"),
                         [](const auto& one) { return one.param; });

using env_files = place_files;

TEST_P(env_files, a_symbolic_link_stays_one) {
  fs::create_directories(path_.parent_path());
  std::ofstream{root_ / "target"} << "# kept\n";
  fs::create_symlink(root_ / "target", path_);
  EXPECT_TRUE(write(keys_of({{"A", "1"}})));
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_TRUE(text_of(root_ / "target").starts_with("# kept\n# innkeeper bistro/cafe A:"));
}

TEST_P(env_files, what_belonged_to_another_user_goes_on_to) {
  fs::create_directories(path_.parent_path());
  put("THEIRS", "x");
  const bool may_give = ::getuid() == 0;
  if (may_give) {
    ASSERT_EQ(::chown(path_.c_str(), 1234, 4321), 0);
  }
  EXPECT_TRUE(write(keys_of({{"A", "1"}})));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, may_give ? 1234U : ::getuid());
  EXPECT_EQ(status.st_gid, may_give ? 4321U : ::getgid());
}

INSTANTIATE_TEST_SUITE_P(of, env_files, testing::Values("file"), [](const auto& one) { return one.param; });

class key_directories : public place_files {};

// What a run leaves that is killed after any of its renames.
TEST_P(key_directories, a_cut_between_two_files_leaves_own_keys_that_the_next_run_completes) {
  EXPECT_TRUE(write(keys_of({{"A", "old a"}, {"B", "old b"}, {"GONE", "x"}})));
  const auto place = open();
  for (const std::set<std::string>& arrived : std::vector<std::set<std::string>>{{}, {"A"}, {"A", "B"}}) {
    const fs::path done = root_ / "done";
    fs::remove_all(done);
    fs::copy(path_, done, fs::copy_options::recursive);
    const auto complete = directory_place(done, "done");
    EXPECT_TRUE(complete->write(keys_of({{"A", "new a"}, {"B", "new b"}, {"C", "new c"}}), "bistro/cafe",
                                complete->read().content.version));
    // The mark that stands while files are replaced fits both.
    const auto both = [&](const char* key, const std::string& old, const std::string& next) {
      return fmt::format("{}:{},{}", key, placed_fingerprint(key, secret{old}), placed_fingerprint(key, secret{next}));
    };
    const fs::path cut = root_ / "cut";
    fs::remove_all(cut);
    fs::copy(path_, cut, fs::copy_options::recursive);
    std::ofstream{cut / ".innkeeper"} << fmt::format(
        "bistro/cafe {} {} C:{} GONE:{}\n", both("A", "old a", "new a"), both("B", "old b", "new b"),
        placed_fingerprint("C", secret{"new c"}), placed_fingerprint("GONE", secret{"x"}));
    for (const auto& key : arrived) fs::copy_file(done / key, cut / key, fs::copy_options::overwrite_existing);
    const auto again = directory_place(cut, "cut");
    const auto seen = again->read();
    for (const auto& [key, value] : seen.content.keys) {
      EXPECT_EQ(value.owner, "bistro/cafe") << key;
      EXPECT_FALSE(value.is_altered) << key;
    }
    EXPECT_TRUE(
        again->write(keys_of({{"A", "new a"}, {"B", "new b"}, {"C", "new c"}}), "bistro/cafe", seen.content.version));
    EXPECT_EQ(again->read().content, complete->read().content);
  }
}

INSTANTIATE_TEST_SUITE_P(of, key_directories, testing::Values("directory"), [](const auto& one) { return one.param; });

}  // namespace
}  // namespace innkeeper::exec
