#include "tests/support/tls_lab.h"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "exec/certificate_probe.h"
#include "exec/private_file.h"
#include "exec/tcp.h"
#include "pg/connection.h"

namespace innkeeper::test {

namespace fs = std::filesystem;

exec::validity days_from_now(int days, int since) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto begins = now + std::chrono::days{since};
  return {begins, now + std::chrono::days{days}};
}

tls_lab::tls_lab()
    : authority_{exec::make_authority("Test authority", days_from_now(3650))},
      roots_{write("roots.crt", authority_.certificate)} {
  fs::permissions(roots_, fs::perms{0644});
}

fs::path tls_lab::write(const std::string& name, const std::string& text) const {
  const auto file = folder_.path() / name;
  exec::write_private_file(file, text);
  return file;
}

exec::key_pair tls_lab::good_certificate() const {
  return exec::make_server_certificate(authority_, {"localhost", "db.test", "127.0.0.1"}, days_from_now(365));
}

void tls_lab::serve(cluster& server, const exec::key_pair& shown) const {
  const auto file = write("server.pem", shown.certificate + shown.key.expose());
  if (const auto user = server_user(); user && ::chown(file.c_str(), user->uid, user->gid) != 0) {
    throw std::runtime_error{"could not hand over " + file.string()};
  }
  auto admin = pg::connection::open(server.admin(), {});
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"ssl_cert_file", file}, {"ssl_key_file", file}, {"ssl_ca_file", roots_}, {"ssl", "on"}}) {
    admin.query("ALTER SYSTEM SET " + name + " = '" + value + "'");
  }
  server.reload();
  const auto wanted = exec::read_certificate(shown.certificate);
  const auto is_shown = [&] {
    try {
      const auto seen = exec::look_at_certificate({}, {"127.0.0.1", server.port()}, std::chrono::seconds{5});
      return seen && seen->server == wanted;
    } catch (const exec::unreached&) {
      return false;
    }
  };
  if (!eventually(is_shown)) throw std::runtime_error{"the server does not show its certificate:\n" + server.log()};
}

conninfo tls_lab::verified(conninfo target) const {
  target.endpoints.front().host = "db.test";
  target.parameters["hostaddr"] = "127.0.0.1";
  target.parameters["sslmode"] = "verify-full";
  target.parameters["sslrootcert"] = roots_;
  return target;
}

}  // namespace innkeeper::test
