#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/become_program.h"
#include "cli/commands.h"
#include "cli/service_connection.h"
#include "embedded/help_pages.h"
#include "exec/error.h"
#include "exec/libpq_files.h"

namespace innkeeper::cli {
namespace {

// A file that is on no disk and dies with its last reader. libpq opens it by name for each connection, also those of
// \connect, and wants a password file to be a regular one that nobody else may read: memory files can be that.
std::string hand_over(const secret& content) {
  const int descriptor = memfd_create("innkeeper", 0);
  const auto& bytes = content.expose();
  if (descriptor < 0 || fchmod(descriptor, S_IRUSR | S_IWUSR) != 0 ||
      write(descriptor, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
    throw exec::error{exit_code::failed, "could not hand the connection to psql", std::strerror(errno)};
  }
  return fmt::format("/proc/self/fd/{}", descriptor);
}

// A service file gives way to what the user says behind "--", such as another database; a connection string would not.
// What the caller's environment says of other connections must not mix with this one.
void replace_environment(const conninfo& target) {
  for (const char* name : {"PGPASSWORD", "PGPASSFILE", "PGHOSTADDR", "PGOPTIONS"}) unsetenv(name);
  setenv("PGSERVICE", "innkeeper", 1);
  setenv("PGSERVICEFILE", hand_over(exec::print_service_file(target)).c_str(), 1);
  if (target.password) setenv("PGPASSFILE", hand_over(exec::print_password_file(*target.password)).c_str(), 1);
}

exit_code run(const arguments& given, console& out) {
  const auto opened = open_estate_for_service(given, out);
  const auto chosen = choose_connection(given, opened, route::direct);
  replace_environment(chosen.value);
  std::vector<std::string> words{"psql"};
  words.insert(words.end(), given.rest().begin(), given.rest().end());
  (void)out.flush();
  become_program(std::move(words), "Install it: apt-get install postgresql-client.");
}

}  // namespace

command psql_command() {
  return {.name = "psql",
          .summary = "a psql session as a service, or as the admin; no password on the command line",
          .page = help_pages::psql_md,
          .word = {.placeholder = "SERVICE"},
          .options = connection_option_rows(),
          .takes_rest = true,
          .has_json = false,
          .run = run};
}

}  // namespace innkeeper::cli
