// The example estates, each from nothing to proved and gone again; and one of them in depth.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <array>
#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/cli/golden.h"
#include "tests/cli/program.h"

namespace innkeeper::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// What autovacuum does meanwhile is not ours: one quiet run of three is enough.
constexpr const char* second_up = R"sh(
next_transaction() { innkeeper psql --admin -- -Atc 'select pg_snapshot_xmax(pg_current_snapshot())'; }
for attempt in 1 2 3; do
  before=$(next_transaction)
  innkeeper up -q >up.out || echo "the second up failed"
  if [[ $before == "$(next_transaction)" ]]; then echo; echo 'no transaction'; break; fi
done
)sh";

// As each application does it: by what stands in its own file, in its own dialect, in a process without any other key.
constexpr const char* log_in_by_every_env_file = R"sh(
for file in "$estate"/.innkeeper/*.env; do
  [[ -e $file ]] || continue
  for key in $(sed -nE 's/^([A-Z_]+_(URL|STRING))=.*/\1/p' "$file"); do
    (set -a; . "$file"; innkeeper wait --url-from "$key" >wait.out) || echo "$key of $file doesn't log in"
    echo "tried $key"
  done
done
)sh";

// Keys of env files in each estate that hold a PostgreSQL log-in.
const std::map<std::string, int> log_ins_in_env_files{{"ai-loadbalancer", 0},
                                                      {"flow-backend", 12},
                                                      {"flow-backend-isolated", 12},
                                                      {"online-boutique", 1},
                                                      {"appointments", 3}};

int count_of(std::string_view word, const std::string& text) {
  int count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

class every_estate : public testing::TestWithParam<std::string> {};

TEST_P(every_estate, comes_up_is_in_step_is_proved_and_goes_without_a_trace) {
  workplace place;
  const auto folder = place.copy_example(GetParam());
  const std::string name = GetParam();
  const auto ran = place.shell("innkeeper up " + name + " && innkeeper plan --check " + name +
                               " && innkeeper verify --prove " + name + " && innkeeper migrate status --check " + name +
                               " && innkeeper migrate verify --round-trip " + name + "\n echo status $?\n" + second_up +
                               "estate=" + name + log_in_by_every_env_file + "innkeeper down --purge --yes " + name);
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("\nstatus 0\n"));
  EXPECT_THAT(ran.out, HasSubstr("\nno transaction\n")) << "a second up writes something";
  EXPECT_THAT(ran.out, HasSubstr("Proved: "));
  EXPECT_THAT(ran.out, HasSubstr("0 leaks, 0 failed"));
  EXPECT_FALSE(fs::exists(folder / ".innkeeper"));
  EXPECT_THAT(ran.out, testing::Not(HasSubstr("doesn't log in"))) << ran.err;
  EXPECT_EQ(count_of("\ntried ", ran.out), log_ins_in_env_files.at(name));
  if (name == "ai-loadbalancer") {
    EXPECT_THAT(ran.out, HasSubstr("shares its user with"));
  }
  if (name == "flow-backend") {
    EXPECT_THAT(ran.out, HasSubstr("schema with"));
  }
}

INSTANTIATE_TEST_SUITE_P(examples, every_estate,
                         testing::Values("ai-loadbalancer", "flow-backend", "flow-backend-isolated", "online-boutique",
                                         "appointments"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(estate, shows_and_does_the_same_at_every_step_of_its_life) {
  workplace place;
  place.copy_example("cafe-erp");
  ASSERT_EQ(place.innkeeper({"up", "cafe-erp", "-q"}).status, 0);
  std::string text;
  const auto add = [&](const std::vector<std::string>& words,
                       const std::map<std::string, std::string>& variables = {}) {
    text += transcript(place, words, variables);
  };
  add({"up", "cafe-erp"});
  add({"plan", "--check"});
  add({"apply"});
  add({"verify", "--prove"});
  add({"status", "--service", "cafe"});
  add({"secret", "list"});
  add({"secret", "show", "cafe"});
  add({"secret", "show", "erp", "--as", "dotnet"});
  add({"psql", "cafe", "--", "-Atc", "select current_user, session_user, current_database()"});
  add({"psql", "--admin", "--", "-d", "erp", "-Atc", "select current_user, current_database()"});
  add({"wait", "--service", "treasury"});
  add({"service", "create", "--env-file", "billing.env"},
      {{"APP_NAME", "billing-backend"}, {"DB_TYPES", "postgres,redis"}});
  add({"service", "create", "--env-file", "-"}, {{"APP_NAME", "billing-backend"}});
  add({"secret", "rotate", "cafe"});
  add({"status", "--service", "cafe"});
  add({"secret", "list", "--service", "cafe"});
  add({"secret", "rotate", "--resume", "--grace", "0s", "--wait", "1m", "--json"});
  add({"secret", "show", "cafe"});
  add({"secret", "list", "--service", "cafe"});
  add({"plan", "--json"});
  // Sizes and places differ from machine to machine.
  const auto purge = place.innkeeper({"down", "--purge"});
  EXPECT_EQ(purge.status, 64);
  EXPECT_THAT(purge.err, HasSubstr("data of server shared"));
  EXPECT_THAT(purge.err, HasSubstr("nothing was removed"));
  add({"down"});
  add({"status"});
  expect_golden("cli/life-of-an-estate.txt", text);
}

TEST(estate, whose_data_are_to_go_says_in_which_files_its_passwords_are) {
  workplace place;
  place.write(
      "small/innkeeper.yaml",
      "estate: small\nservers: {shared: {embedded: {data: .innkeeper/data}}}\nservices:\n  cafe:\n    secrets:\n"
      "      - {file: cafe.env, keys: {DATABASE_URL: uri}}\n"
      "      - {file: .innkeeper/cafe.env, keys: {DATABASE_URL: uri}}\n");
  ASSERT_EQ(place.innkeeper({"up", "small"}).status, 0);
  const auto asked = place.innkeeper({"down", "--purge", "small"});
  EXPECT_THAT(asked.err, testing::ContainsRegex("small/cafe.env +the keys of cafe in it"));
  EXPECT_THAT(asked.err, Not(HasSubstr(".innkeeper/cafe.env")));
  EXPECT_EQ(place.innkeeper({"down", "--purge", "--yes", "small"}).status, 0);
  EXPECT_FALSE(std::filesystem::exists(place.root() / "small/cafe.env"));
}

TEST(estate, a_services_key_opens_its_own_database_and_no_other) {
  workplace place;
  place.copy_example("appointments");
  ASSERT_EQ(place.innkeeper({"up", "appointments", "-q"}).status, 0);
  const auto own = place.shell("psql \"$(innkeeper secret show user --as uri)\" -Atc 'select current_database()'");
  EXPECT_EQ(own.out, "userdb\n") << own.err;
  const auto other =
      place.shell("url=$(innkeeper secret show user --as uri); psql \"${url%/*}/appointmentdb\" -c 'select 1'");
  EXPECT_NE(other.status, 0);
  EXPECT_THAT(other.err, HasSubstr("permission denied for database \"appointmentdb\""));
}

// Command lines of every process, again and again, while a run goes on.
class process_list {
 public:
  process_list() : watcher_{[this] { watch(); }} {}
  std::string seen() {
    over_ = true;
    watcher_.join();
    return seen_;
  }

 private:
  void watch() {
    while (!over_) {
      std::error_code gone;
      for (fs::directory_iterator one{"/proc", gone}; one != fs::directory_iterator{}; one.increment(gone)) {
        if (std::isdigit(one->path().filename().string().front()) != 0) add(one->path() / "cmdline");
      }
    }
  }

  // Not a stream: reading of a process that ended meanwhile is no error here.
  void add(const fs::path& file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    std::array<char, 4096> buffer{};
    const auto size = ::read(descriptor, buffer.data(), buffer.size());
    close(descriptor);
    if (size <= 0) return;
    const std::string line{buffer.data(), static_cast<std::size_t>(size)};
    if (lines_.insert(line).second) seen_ += line + "\n";
  }

  std::atomic<bool> over_ = false;
  std::set<std::string> lines_;
  std::string seen_;
  std::thread watcher_;
};

TEST(estate, no_generated_password_is_anywhere_but_in_its_file) {
  workplace place;
  const auto folder = place.copy_example("cafe-erp");
  std::map<std::string, std::string> places;
  process_list processes;
  const auto up = place.innkeeper({"up", "cafe-erp", "-v"});
  ASSERT_EQ(up.status, 0) << up.err;
  places["up -v"] = up.out + up.err;
  for (const auto& words : std::vector<std::vector<std::string>>{{"apply", "-v", "--reset-password"},
                                                                 {"plan", "--json", "-v"},
                                                                 {"plan", "--sql"},
                                                                 {"apply", "--json", "-v"},
                                                                 {"verify", "--prove", "--json", "-v"},
                                                                 {"status", "--json"},
                                                                 {"secret", "rotate", "--all", "-v", "--json"},
                                                                 {"secret", "list", "--json"}}) {
    const auto ran = place.innkeeper(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    places[testing::PrintToString(words)] = ran.out + ran.err;
  }
  // Of places that another hand changed, and of one that can't be read.
  EXPECT_EQ(place
                .shell("sed -i 's|:5432/|:1/|; s|@[^/]*/|@elsewhere/|' cafe-erp/.innkeeper/cafe.env && chmod 644 "
                       "cafe-erp/.innkeeper/erp.env")
                .status,
            0);
  for (const auto& words : std::vector<std::vector<std::string>>{{"plan", "--json", "-v"},
                                                                 {"apply", "--json", "-v"},
                                                                 {"verify", "--json", "-v"},
                                                                 {"secret", "list", "--json"},
                                                                 {"apply", "-v", "--overwrite-secret"}}) {
    const auto ran = place.innkeeper(words);
    places["after another hand: " + testing::PrintToString(words)] = ran.out + ran.err;
  }
  EXPECT_THAT(places["after another hand: { \"plan\", \"--json\", \"-v\" }"],
              testing::AllOf(HasSubstr("CAFE_POSTGRES_URL was changed by another hand"), HasSubstr("can't be read")));
  EXPECT_EQ(place.shell("chmod 600 cafe-erp/.innkeeper/erp.env").status, 0);
  places["psql"] = place.innkeeper({"psql", "cafe", "--", "-c", "select pg_sleep(0.3)"}).err;
  places["process list"] = processes.seen();
  places["audit trail"] =
      place
          .shell(
              "for table in $(innkeeper psql --admin -- -d innkeeper -Atc \"select format('%I.%I', schemaname, "
              "tablename) from pg_tables where schemaname !~ '^(pg_|information_schema)'\"); do innkeeper psql "
              "--admin -- -d innkeeper -Atc \"select * from $table\"; done")
          .out;
  const auto record = nlohmann::json::parse(read_text(folder / ".innkeeper" / "server.json")).flatten();
  std::vector<std::string> passwords;
  for (const auto& one : fs::recursive_directory_iterator{folder / ".innkeeper"}) {
    if (one.path().filename() == "password") passwords.push_back(read_text(one.path()));
  }
  ASSERT_GE(passwords.size(), 8U) << "of each service the former one and the one in use";
  for (const auto& one : record.items()) {
    const auto value = one.value().is_string() ? one.value().get<std::string>() : "";
    if (value.ends_with("log")) places["server log"] += read_text(value);
  }
  for (const auto* must_be_there : {"server log", "audit trail", "process list", "up -v"}) {
    EXPECT_GT(places[must_be_there].size(), 1000U) << must_be_there;
  }
  EXPECT_THAT(places["server log"], HasSubstr("CREATE ROLE"));
  for (const auto& password : passwords) {
    for (const auto& [where, text] : places) {
      EXPECT_EQ(text.find(password), std::string::npos) << "in " << where;
    }
  }
}

// Most of a run's time is waiting for the disk, and these servers needn't survive a power cut.
std::string small_estate(const std::string& services) {
  return "estate: small\nservers: {shared: {settings: {fsync: off}}}\nservices:\n  cafe: {connections: 5}\n" + services;
}

TEST(runs, eight_at_once_end_in_one_state_and_show_nobody_an_error) {
  workplace place;
  place.write("small/innkeeper.yaml", small_estate(""));
  ASSERT_EQ(place.innkeeper({"up", "small", "-q"}).status, 0);
  place.write("small/innkeeper.yaml", small_estate("  cart: {connections: 5}\n  email: {connections: 5}\n"));
  const auto ran = place.shell(
      "pids=(); for i in 1 2 3 4 5 6 7 8; do innkeeper apply -q small >/dev/null & pids+=($!); done\n"
      "for pid in ${pids[@]}; do wait $pid || exit; done; innkeeper plan --check -q small");
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, HasSubstr("No changes. 3 services are as declared."));
}

TEST(runs, one_that_was_killed_is_completed_by_the_next) {
  workplace place;
  place.write("small/innkeeper.yaml", small_estate(""));
  ASSERT_EQ(place.innkeeper({"up", "small", "-q"}).status, 0);
  std::string services;
  for (const int lines : {1, 6, 20, 30}) {
    services += "  extra" + std::to_string(lines) + ": {connections: 2, extensions: [pgcrypto]}\n";
    place.write("small/innkeeper.yaml", small_estate(services));
    const auto ran = place.shell(
        "mkfifo lines; innkeeper apply -v small >/dev/null 2>lines & pid=$!\n"
        "head -n " +
        std::to_string(lines) +
        " <lines >/dev/null; kill -9 $pid; rm lines\n"
        "wait $pid; innkeeper apply -q small && innkeeper plan --check small"
        " && innkeeper verify -q small");
    EXPECT_EQ(ran.status, 0) << "killed after " << lines << " lines\n" << ran.out << ran.err;
  }
}

TEST(runs, an_interrupted_one_ends_in_order_with_one_document) {
  const workplace place;
  const auto ran = place.shell(
      "export NOBODY='postgres://x@127.0.0.1:1/x'; mkfifo lines\n"
      "innkeeper wait --json --url-from NOBODY >out 2>lines & pid=$!\n"
      "exec 3<lines; head -n 1 <&3 >/dev/null; kill -INT $pid; wait $pid; echo $?; cat out");
  ASSERT_TRUE(ran.out.starts_with("130\n")) << ran.out << ran.err;
  const auto document = nlohmann::json::parse(ran.out.substr(4));
  EXPECT_EQ(document["schema_version"], 1);
  EXPECT_EQ(document["error"]["code"], 130);
}

}  // namespace
}  // namespace innkeeper::test
