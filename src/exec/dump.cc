#include "exec/dump.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "core/sql.h"
#include "exec/error.h"
#include "exec/libpq_files.h"
#include "exec/private_file.h"
#include "exec/process.h"
#include "exec/scratch_database.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

constexpr auto longest_run = std::chrono::hours{24 * 14};  // of pg_dump, of pg_restore
constexpr std::string_view dump_file = "service.dump";
constexpr std::string_view globals_file = "globals.sql";
constexpr std::string_view manifest_file = "manifest.json";

std::string partial_prefix(const std::string& service) {
  return fmt::format(".{}-unfinished-", service);
}

std::string timestamp() {
  return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::now()));
}

std::string sha256_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  std::array<char, 1 << 16> buffer{};
  std::array<unsigned char, EVP_MAX_MD_SIZE> result{};
  unsigned int length = 0;
  bool works = in && digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  while (works && (in.read(buffer.data(), buffer.size()) || in.gcount() > 0)) {
    works = EVP_DigestUpdate(digest.get(), buffer.data(), static_cast<std::size_t>(in.gcount())) == 1;
  }
  if (!works || in.bad() || EVP_DigestFinal_ex(digest.get(), result.data(), &length) != 1) {
    throw error{exit_code::failed, fmt::format("could not read \"{}\"", file.string())};
  }
  std::string hex;
  for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", result.at(i));
  return hex;
}

// The last lines are what a program failed for.
std::string end_of(const std::string& output) {
  constexpr std::size_t enough = 1500;
  std::string text = output.size() > enough ? "… " + output.substr(output.size() - enough) : output;
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// Removed with its content unless it was renamed into place.
class partial_folder {
 public:
  partial_folder(const fs::path& directory, const std::string& service)
      : path_{directory / (partial_prefix(service) + timestamp())} {
    ensure_private_directory(directory);
    ensure_private_directory(path_);
  }
  partial_folder(const partial_folder&) = delete;
  partial_folder& operator=(const partial_folder&) = delete;
  ~partial_folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  // Under that name, or under NAME-2 and so on where a run of the same second has it.
  fs::path rename_to(const fs::path& wanted) {
    fs::path final = wanted;
    for (int n = 2; fs::exists(final); ++n) final = fmt::format("{}-{}", wanted.string(), n);
    fs::rename(path_, final);
    path_.clear();
    return final;
  }

 private:
  fs::path path_;
};

class dumper {
 public:
  dumper(const dump_request& asked, const server_access& access, const client_programs& programs,
         const event_sink& tell)
      : asked_{asked}, access_{access}, programs_{programs}, tell_{tell}, folder_{asked.directory, asked.service} {}

  dump_report run() {
    say("dumping");
    write_dump();
    say("restoring the dump into a scratch database");
    try_it();
    return keep_it();
  }

 private:
  void say(const std::string& what) {
    tell_({.kind = event_kind::step_begun,
           .server = access_.server->name,
           .service = asked_.service,
           .subject = "database " + asked_.database.value,
           .text = fmt::format("database {}: {}", asked_.database, what)});
  }

  [[nodiscard]] pg::connection open_original() const {
    conninfo target = access_.admin;
    target.database = asked_.database;
    return pg::connection::open(target, {.application_name = "innkeeper dump"});
  }

  finished_process run_program(std::string_view name, std::vector<std::string> words, const conninfo& as) {
    const fs::path service_file = folder_.path() / "connection";
    write_private_file(service_file, print_service_file(as).expose(), durability::recomputable);
    command what{.words = {programs_.folder / name, "--no-password"}, .environment = environment_for_programs()};
    what.words.insert(what.words.end(), words.begin(), words.end());
    what.environment["PGSERVICEFILE"] = service_file.string();
    what.environment["PGSERVICE"] = "innkeeper";
    if (as.password) what.environment["PGPASSWORD"] = as.password->expose();
    auto done = run_process(what, longest_run);
    fs::remove(service_file);
    return done;
  }

  // Against settings that the database's owner may have left there, as our own sessions do it.
  [[nodiscard]] conninfo pinned_admin() const {
    conninfo target = access_.admin;
    target.database = asked_.database;
    auto& options = target.parameters["options"];
    options += fmt::format("{}-c search_path=pg_catalog,pg_temp -c role=none -c default_transaction_read_only=off",
                           options.empty() ? "" : " ");
    target.parameters["application_name"] = "innkeeper dump";
    return target;
  }

  void write_dump() {
    std::vector<std::string> words{"--dbname=service=innkeeper", "--format=custom", "--lock-wait-timeout=60000",
                                   fmt::format("--file={}", (folder_.path() / dump_file).string())};
    if (!asked_.schema.empty()) words.push_back("--schema=" + quoted(asked_.schema));
    if (!asked_.as.empty()) words.push_back("--role=" + asked_.as.value);
    const auto done = run_program("pg_dump", words, pinned_admin());
    if (done.status != 0) {
      throw error{exit_code::failed, fmt::format("could not dump database \"{}\"", asked_.database),
                  end_of(done.output), "Nothing was dropped."};
    }
  }

  struct extension {
    std::string oid, name, schema, schema_oid;
  };

  std::vector<extension> extensions_of(pg::connection& original) {
    const auto rows = original.query(
        "SELECT e.oid, e.extname, n.nspname, n.oid FROM pg_catalog.pg_extension AS e "
        "JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.oid >= 16384 ORDER BY e.oid;");
    std::vector<extension> all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      all.push_back({rows.text(i, 0), rows.text(i, 1), rows.text(i, 2), rows.text(i, 3)});
    }
    return all;
  }

  // Extensions are made by the admin, from the server's own files, before anything of the service is there: most of
  // them a plain role may not make.
  void make_extensions(const scratch_database& scratch, const std::vector<extension>& extensions) {
    if (extensions.empty()) return;
    auto session = scratch.open_as_admin();
    const std::string owner = quoted(scratch.owner().user);
    for (const auto& one : extensions) {
      const std::string schema = quote_identifier(one.schema);
      if (one.schema != "pg_catalog") {
        session.query(fmt::format("CREATE SCHEMA IF NOT EXISTS {};", schema));
        session.query(
            fmt::format("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {};", quote_identifier(one.name), schema));
        // Their tables may hold rows of the service.
        session.query(fmt::format("GRANT ALL ON SCHEMA {0} TO {1}; GRANT ALL ON ALL TABLES IN SCHEMA {0} TO {1};",
                                  schema, owner));
      } else {
        session.query(fmt::format("CREATE EXTENSION IF NOT EXISTS {};", quote_identifier(one.name)));
      }
    }
  }

  // pg_restore's list of contents, without what make_extensions() made and what only a superuser may make. A line is
  // "dump ID; catalog OID, OID and words".
  std::string contents_without(const std::vector<extension>& extensions) {
    const auto listed =
        run_process({.words = {programs_.folder / "pg_restore", "--list", (folder_.path() / dump_file).string()},
                     .environment = environment_for_programs()},
                    longest_run);
    if (listed.status != 0) {
      throw error{exit_code::failed, "could not read the dump that was just written", end_of(listed.output)};
    }
    constexpr std::string_view catalog_of_extensions = "3079", catalog_of_schemas = "2615",
                               catalog_of_event_triggers = "3466";
    std::set<std::string> left_out;
    for (const auto& one : extensions) {
      left_out.insert(fmt::format("{} {}", catalog_of_extensions, one.oid));
      left_out.insert(fmt::format("{} {}", catalog_of_schemas, one.schema_oid));
    }
    std::string text;
    std::size_t begin = 0;
    while (begin < listed.output.size()) {
      const auto end = std::min(listed.output.find('\n', begin), listed.output.size());
      const std::string line = listed.output.substr(begin, end - begin);
      begin = end + 1;
      const auto ids = line.find("; ");
      const auto behind = ids == std::string::npos ? ids : line.find(' ', line.find(' ', ids + 2) + 1);
      if (behind == std::string::npos || line.starts_with(';')) continue;
      const std::string object = line.substr(ids + 2, behind - ids - 2);
      if (left_out.contains(object) || object.starts_with(std::string{catalog_of_event_triggers} + " ")) continue;
      text += line + "\n";
    }
    return text;
  }

  void try_it() {
    auto original = open_original();
    const auto extensions = extensions_of(original);
    std::string options;
    {
      auto maintenance = pg::connection::open(access_.admin, {.application_name = "innkeeper dump"});
      options = pg::creation_options(maintenance, asked_.database);
    }
    const scratch_database scratch{access_, asked_.can, options};
    make_extensions(scratch, extensions);
    const fs::path list = folder_.path() / "contents";
    write_private_file(list, contents_without(extensions), durability::recomputable);
    // As a log-in that has no right anywhere else: restoring runs what the service wrote, in constraints and defaults.
    const auto done =
        run_program("pg_restore",
                    {"--dbname=service=innkeeper", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments",
                     "--no-publications", "--no-subscriptions", "--no-security-labels", "--no-tablespaces",
                     fmt::format("--use-list={}", list.string()), (folder_.path() / dump_file).string()},
                    scratch.owner());
    fs::remove(list);
    if (done.status != 0) {
      throw error{exit_code::failed, fmt::format("the dump of database \"{}\" can't be restored", asked_.database),
                  end_of(done.output),
                  "Nothing was dropped. It was tried by a role without any right but to fill a new "
                  "database: what only a superuser can make has to go first."};
    }
    say("comparing the copy with the original");
    compare(original, scratch);
  }

  void compare(pg::connection& original, const scratch_database& scratch) {
    report_.check = pg::check_database(original, asked_.schema, asked_.as);
    auto session = scratch.open_as_admin();
    const auto copy =
        pg::check_database(session, asked_.schema, asked_.can.must_join_roles ? scratch.owner().user : role_name{});
    std::string differences;
    const auto note = [&](const std::string& line) {
      if (std::ranges::count(differences, '\n') < 10) differences += (differences.empty() ? "" : "\n") + line;
    };
    std::vector<std::string> only;
    std::ranges::set_difference(report_.check.objects, copy.objects, std::back_inserter(only));
    for (const auto& line : only) note("only in the original: " + line);
    only.clear();
    std::ranges::set_difference(copy.objects, report_.check.objects, std::back_inserter(only));
    for (const auto& line : only) note("only in the copy: " + line);
    for (const auto& one : report_.check.data) {
      const auto same = std::ranges::find(copy.data, one.name, &pg::data_check::name);
      if (same == copy.data.end() || *same == one) continue;
      note(same->rows != one.rows ? fmt::format("{}: {} rows, {} in the copy", one.name, one.rows, same->rows)
                                  : fmt::format("{}: the {} rows of the copy are not the same", one.name, one.rows));
    }
    if (differences.empty() && report_.check == copy) return;
    throw error{exit_code::failed,
                fmt::format("the dump of database \"{}\" does not restore to the same", asked_.database), differences,
                "Nothing was dropped. If somebody changed the database meanwhile, run the same again."};
  }

  dump_report keep_it() {
    write_private_file(folder_.path() / globals_file, asked_.globals.expose());
    json document{{"schema_version", 1},
                  {"estate", asked_.estate},
                  {"service", asked_.service},
                  {"server", access_.server->name},
                  {"database", asked_.database.value},
                  {"schema", asked_.schema.value},
                  {"server_major", asked_.can.major},
                  {"pg_dump_major", programs_.major},
                  {"made_at", timestamp()},
                  {"log_ins", json::array()},
                  {"files", json::object()},
                  {"data", json::array()},
                  {"objects", report_.check.objects.size()}};
    for (const auto& one : asked_.log_ins) document["log_ins"].push_back(one.value);
    for (const auto& name : {dump_file, globals_file}) {
      const auto file = folder_.path() / name;
      document["files"][std::string{name}] = {{"bytes", fs::file_size(file)}, {"sha256", sha256_of(file)}};
      report_.bytes += fs::file_size(file);
    }
    for (const auto& one : report_.check.data) {
      document["data"].push_back({{"name", one.name}, {"rows", one.rows}, {"checksum", one.checksum}});
    }
    write_private_file(folder_.path() / manifest_file, document.dump(2) + "\n");
    report_.folder = folder_.rename_to(asked_.directory / fmt::format("{}-{}", asked_.service, timestamp()));
    sync_directory(asked_.directory);
    return std::move(report_);
  }

  const dump_request& asked_;
  const server_access& access_;
  const client_programs& programs_;
  const event_sink& tell_;
  partial_folder folder_;
  dump_report report_;
};

}  // namespace

dump_report make_verified_dump(const dump_request& asked, const server_access& access, const client_programs& programs,
                               const event_sink& tell) {
  return dumper{asked, access, programs, tell}.run();
}

void sweep_unfinished(const server_access& access, const fs::path& directory, const std::string& service) {
  remove_left_scratch(access);
  std::vector<fs::path> left;
  std::error_code problem;
  for (fs::directory_iterator entry{directory, problem}, end; !problem && entry != end; entry.increment(problem)) {
    if (entry->path().filename().string().starts_with(partial_prefix(service))) left.push_back(entry->path());
  }
  for (const auto& one : left) fs::remove_all(one, problem);
}

std::vector<earlier_dump> find_dumps(const fs::path& directory, const std::string& service) {
  std::vector<earlier_dump> found;
  std::error_code problem;
  for (fs::directory_iterator entry{directory, problem}, end; !problem && entry != end; entry.increment(problem)) {
    std::ifstream in{entry->path() / manifest_file};
    const auto document = json::parse(in, nullptr, false);
    if (!document.is_object() || document.value("service", "") != service) continue;
    earlier_dump one{.folder = entry->path()};
    for (const auto& name : document.value("log_ins", json::array())) one.log_ins.push_back({name.get<std::string>()});
    found.push_back(std::move(one));
  }
  std::ranges::sort(found, std::ranges::greater{}, &earlier_dump::folder);
  return found;
}

}  // namespace innkeeper::exec
