// Real servers with TLS: what a connection asks for is honoured, and what stands in the way is named.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "exec/error.h"
#include "exec/wait_for_server.h"
#include "pg/connection.h"
#include "tests/support/tls_lab.h"

namespace innkeeper::exec {
namespace {

using test::days_from_now;
using testing::HasSubstr;

struct refusal_seen {
  exit_code code = exit_code::ok;
  std::string message;
  std::string detail;
  std::string hint;
};

class tls : public testing::Test {
 protected:
  static test::cluster& server() {
    static test::cluster one{{.tcp = true}};
    return one;
  }
  static test::tls_lab& lab() {
    static test::tls_lab one;
    return one;
  }
  // With a good certificate, whatever the test before left.
  tls() { lab().serve(server(), lab().good_certificate()); }

  static conninfo target() { return lab().verified(server().admin_by_tcp()); }
  static conninfo with(const std::string& name, const std::string& value) {
    auto changed = target();
    changed.parameters[name] = value;
    return changed;
  }

  static std::string ask(const conninfo& of, const std::string& sql) {
    return pg::connection::open(of, {}).query(sql).text(0, 0);
  }

  static refusal_seen refusal_of(const conninfo& of) {
    try {
      (void)wait_for_server(of, {.name = "shared", .rules = {.limits = {.max_retries = 0}}}, {});
    } catch (const error& failed) {
      return {failed.code(), failed.what(), failed.detail(), failed.hint()};
    }
    return {};
  }

  static refusal_seen refusal_with(const key_pair& shown) {
    lab().serve(server(), shown);
    return refusal_of(target());
  }
};

constexpr const char* is_encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

TEST_F(tls, lets_in_who_verifies_a_good_certificate_by_name_and_by_address) {
  EXPECT_EQ(ask(target(), is_encrypted), "t");
  auto by_address = target();
  by_address.endpoints.front().host = "127.0.0.1";
  EXPECT_EQ(ask(by_address, is_encrypted), "t");
  EXPECT_EQ(ask(with("sslmode", "disable"), is_encrypted), "f");
}

TEST_F(tls, that_has_expired_is_told) {
  const auto seen = refusal_with(make_server_certificate(lab().authority(), {"db.test"}, days_from_now(-1, -10)));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr("server \"shared\" at db.test:"));
  EXPECT_THAT(seen.message, HasSubstr(" has a certificate that has expired"));
  EXPECT_THAT(seen.detail, HasSubstr("(it ended on "));
  EXPECT_EQ(seen.hint, "Renew it at the server and reload that; of an embedded server: innkeeper up.");
}

TEST_F(tls, that_is_not_valid_yet_is_told) {
  const auto seen = refusal_with(make_server_certificate(lab().authority(), {"db.test"}, days_from_now(20, 10)));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" has a certificate that is not valid yet"));
  EXPECT_THAT(seen.detail, HasSubstr("(it begins on "));
  EXPECT_THAT(seen.hint, HasSubstr("clocks"));
}

TEST_F(tls, for_other_hosts_is_told_with_their_names) {
  const auto seen =
      refusal_with(make_server_certificate(lab().authority(), {"other.test", "10.0.0.1"}, days_from_now(30)));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" has a certificate for other hosts"));
  EXPECT_THAT(seen.detail, HasSubstr("(it is for other.test, 10.0.0.1, and not for db.test)"));
  EXPECT_THAT(seen.hint, HasSubstr("by one of those names"));
  EXPECT_EQ(ask(with("sslmode", "verify-ca"), is_encrypted), "t");
}

TEST_F(tls, of_an_unknown_authority_is_told_with_its_name) {
  const auto other = make_authority("Somebody else", days_from_now(30));
  const auto seen = refusal_with(make_server_certificate(other, {"db.test"}, days_from_now(30)));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" has a certificate of an unknown authority"));
  EXPECT_THAT(seen.detail, HasSubstr(fmt::format("(it was issued by \"Somebody else\", which is not in \"{}\")",
                                                 lab().roots().string())));
  EXPECT_THAT(seen.hint, HasSubstr("name its file as sslrootcert in the url; now it is"));
}

TEST_F(tls, without_a_root_file_is_told) {
  const auto seen = refusal_of(with("sslrootcert", "/nowhere/roots.crt"));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" can't be verified: the file of its authority is missing"));
  EXPECT_EQ(seen.hint,
            "Put the authority's certificate into \"/nowhere/roots.crt\", or name another file as sslrootcert in the "
            "url.");
}

TEST_F(tls, with_a_root_file_that_holds_none_is_told) {
  const auto file = lab().write("no_roots.crt", "nothing in it\n");
  const auto seen = refusal_of(with("sslrootcert", file));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" can't be verified: the file of its authority can't be read"));
  EXPECT_THAT(seen.hint, HasSubstr(file.string()));
}

TEST_F(tls, of_an_authority_that_has_expired_is_told) {
  const auto old = make_authority("Old", days_from_now(-1, -10));
  const auto roots = lab().write("old.crt", old.certificate);
  lab().serve(server(), make_server_certificate(old, {"db.test"}, days_from_now(30)));
  const auto seen = refusal_of(with("sslrootcert", roots));
  EXPECT_THAT(seen.message, HasSubstr(" has a certificate whose authority has expired"));
  EXPECT_THAT(seen.detail, HasSubstr("(it was issued by \"Old\": certificate has expired)"));
}

TEST_F(tls, with_a_list_of_revoked_certificates_that_is_missing_is_no_quiet_success) {
  const auto seen = refusal_of(with("sslcrl", "/nowhere/revoked.crl"));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" can't be verified: the list of revoked certificates doesn't do"));
  EXPECT_THAT(seen.hint, HasSubstr("\"/nowhere/revoked.crl\""));
}

TEST_F(tls, with_no_version_in_common_is_told) {
  auto of = with("ssl_max_protocol_version", "TLSv1.1");
  of.parameters["ssl_min_protocol_version"] = "TLSv1.1";
  const auto seen = refusal_of(of);
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" and the client have no version of TLS in common"));
}

TEST_F(tls, shows_the_certificate_that_the_url_names) {
  const auto mine = make_client_certificate(lab().authority(), {"postgres"}, days_from_now(30));
  auto of = with("sslcert", lab().write("mine.crt", mine.certificate));
  of.parameters["sslkey"] = lab().write("mine.key", mine.key.expose());
  EXPECT_EQ(ask(of, "SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "/CN=postgres");

  std::filesystem::permissions(of.parameters["sslkey"], std::filesystem::perms{0644});
  const auto seen = refusal_of(of);
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" can't be reached with this certificate of ours"));
  EXPECT_THAT(seen.hint, HasSubstr("chmod 600"));
}

TEST_F(tls, is_told_where_the_server_does_not_take_our_certificate) {
  const auto other = make_authority("Somebody else", days_from_now(30));
  const auto mine = make_client_certificate(other, {"postgres"}, days_from_now(30));
  auto of = with("sslcert", lab().write("theirs.crt", mine.certificate));
  of.parameters["sslkey"] = lab().write("theirs.key", mine.key.expose());
  const auto seen = refusal_of(of);
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" doesn't take our certificate, or misses one"));
}

TEST_F(tls, that_the_server_does_not_have_is_told) {
  test::cluster plain{{.tcp = true}};
  const auto seen = refusal_of(lab().verified(plain.admin_by_tcp()));
  EXPECT_EQ(seen.code, exit_code::invalid);
  EXPECT_THAT(seen.message, HasSubstr(" has no TLS, and the connection asks for it"));
  EXPECT_THAT(seen.hint, HasSubstr("innkeeper up --tls"));
}

TEST_F(tls, of_several_hosts_tells_of_the_one_that_is_in_the_way) {
  const auto free = test::free_port();
  auto of = lab().verified(server().admin_by_tcp());
  of.endpoints.insert(of.endpoints.begin(), {"gone.test", free});
  of.parameters["hostaddr"] = "127.0.0.1,127.0.0.1";
  lab().serve(server(), make_server_certificate(lab().authority(), {"db.test"}, days_from_now(-1, -10)));
  EXPECT_THAT(refusal_of(of).message, HasSubstr(" has a certificate that has expired"));
}

}  // namespace
}  // namespace innkeeper::exec
