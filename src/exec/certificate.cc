#include "exec/certificate.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <ctime>

#include "exec/certificate_reading.h"
#include "exec/error.h"
#include "exec/openssl_handle.h"

namespace innkeeper::exec {
namespace {

[[noreturn]] void fail_in_openssl(std::string_view what) {
  throw error{exit_code::our_bug, fmt::format("OpenSSL could not {}", what)};
}

void require(bool done, std::string_view what) {
  if (!done) fail_in_openssl(what);
}

owned_bio bio_over(std::string_view text) {
  owned_bio bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  require(bio != nullptr, "read from memory");
  return bio;
}

std::string text_in(BIO* bio) {
  char* begin = nullptr;
  const long size = BIO_get_mem_data(bio, &begin);
  return {begin, static_cast<std::size_t>(size)};
}

owned_key read_key(const secret& pem) {
  std::string none;  // without it, OpenSSL would ask the terminal for an encrypted key's password
  owned_key key{PEM_read_bio_PrivateKey(bio_over(pem.expose()).get(), nullptr, nullptr, none.data())};
  if (!key) throw error{exit_code::invalid, "the private key is not one that OpenSSL can read"};
  return key;
}

owned_certificate read_one(std::string_view pem) {
  owned_certificate found{PEM_read_bio_X509(bio_over(pem).get(), nullptr, nullptr, nullptr)};
  if (!found) throw error{exit_code::invalid, "there is no certificate in it that OpenSSL can read"};
  return found;
}

// In a BIO that wipes what it frees.
secret print_key(EVP_PKEY* key) {
  const owned_bio bio{BIO_new(BIO_s_secmem())};
  require(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "print a key");
  return secret{text_in(bio.get())};
}

std::string print_certificate(X509* one) {
  const owned_bio bio{BIO_new(BIO_s_mem())};
  require(bio && PEM_write_bio_X509(bio.get(), one) == 1, "print a certificate");
  return text_in(bio.get());
}

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> ignored{};
  return ::inet_pton(AF_INET, name.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), ignored.data()) == 1;
}

// Collects a certificate's parts; `signed_by` ends it.
class certificate_maker {
 public:
  certificate_maker(std::string_view subject, const validity& when)
      : certificate_maker{subject, when, owned_key{EVP_EC_gen("P-256")}} {}
  certificate_maker(std::string_view subject, const validity& when, owned_key key)
      : key_{std::move(key)}, made_{X509_new()} {
    require(key_ && made_, "make a key");
    require(X509_set_version(made_.get(), X509_VERSION_3) == 1 && X509_set_pubkey(made_.get(), key_.get()) == 1,
            "begin a certificate");
    const owned_number serial{BN_new()};
    // 127 bits: at most 20 octets, never negative, and two of them never alike.
    require(serial && BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made_.get())) != nullptr,
            "choose a serial number");
    const auto set = [](ASN1_TIME* time, std::chrono::sys_seconds to) {
      require(ASN1_TIME_set(time, std::chrono::system_clock::to_time_t(to)) != nullptr, "say a time");
    };
    set(X509_getm_notBefore(made_.get()), when.begins);
    set(X509_getm_notAfter(made_.get()), when.ends);
    require(X509_NAME_add_entry_by_NID(X509_get_subject_name(made_.get()), NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(subject.data()),
                                       static_cast<int>(subject.size()), -1, 0) == 1,
            "say a name");
  }

  void extend(int what, const char* value, X509* issuer = nullptr) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer == nullptr ? made_.get() : issuer, made_.get(), nullptr, nullptr, 0);
    const owned_extension one{X509V3_EXT_conf_nid(nullptr, &context, what, value)};
    require(one && X509_add_ext(made_.get(), one.get(), -1) == 1, "extend a certificate");
  }

  // Not as OpenSSL's configuration text, where a comma in a name would begin another one.
  void add_names(const std::vector<std::string>& names) {
    const owned_names all{GENERAL_NAMES_new()};
    for (const auto& name : names) {
      GENERAL_NAME* one =
          a2i_GENERAL_NAME(nullptr, nullptr, nullptr, is_address(name) ? GEN_IPADD : GEN_DNS, name.c_str(), 0);
      require(all && one != nullptr && sk_GENERAL_NAME_push(all.get(), one) > 0, "say a host's name");
    }
    require(X509_add1_ext_i2d(made_.get(), NID_subject_alt_name, all.get(), 0, 0) == 1, "say a host's names");
  }

  key_pair signed_by(X509* issuer, EVP_PKEY* with) {
    require(X509_set_issuer_name(made_.get(), X509_get_subject_name(issuer)) == 1 &&
                X509_sign(made_.get(), with, EVP_sha256()) > 0,
            "sign a certificate");
    return {print_certificate(made_.get()), print_key(key_.get())};
  }
  key_pair signed_by_itself() { return signed_by(made_.get(), key_.get()); }

 private:
  owned_key key_;
  owned_certificate made_;
};

key_pair signed_by(const key_pair& authority, certificate_maker& one, const char* purpose) {
  const auto issuer = read_one(authority.certificate);
  one.extend(NID_basic_constraints, "critical,CA:FALSE");
  one.extend(NID_key_usage, "critical,digitalSignature");
  one.extend(NID_ext_key_usage, purpose);
  one.extend(NID_authority_key_identifier, "keyid:always", issuer.get());
  return one.signed_by(issuer.get(), read_key(authority.key).get());
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) throw error{exit_code::invalid, "a certificate's time can't be read"};
  return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::from_time_t(::timegm(&parts)));
}

std::string common_name(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return {};
  unsigned char* bytes = nullptr;
  const int size = ASN1_STRING_to_UTF8(&bytes, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size < 0) return {};
  std::string text{reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
  OPENSSL_free(bytes);
  return text;
}

std::string serial_of(const X509* one) {
  const owned_number number{ASN1_INTEGER_to_BN(X509_get0_serialNumber(one), nullptr)};
  char* digits = number ? BN_bn2hex(number.get()) : nullptr;
  if (digits == nullptr) return {};
  std::string text{digits};
  OPENSSL_free(digits);
  return text;
}

std::string address_text(const ASN1_OCTET_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  return ::inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size()) == nullptr ? "" : text.data();
}

std::vector<std::string> names_of(const X509* one) {
  const owned_names all{static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(one, NID_subject_alt_name, nullptr, nullptr))};
  std::vector<std::string> hosts;
  std::vector<std::string> addresses;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type == GEN_DNS) {
      hosts.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      addresses.push_back(address_text(name->d.iPAddress));
    }
  }
  hosts.insert(hosts.end(), addresses.begin(), addresses.end());
  return hosts;
}

}  // namespace

certificate_facts facts_of(const X509* one) {
  return {.subject = common_name(X509_get_subject_name(one)),
          .issuer = common_name(X509_get_issuer_name(one)),
          .names = names_of(one),
          .begins = time_of(X509_get0_notBefore(one)),
          .ends = time_of(X509_get0_notAfter(one)),
          .serial = serial_of(one)};
}

key_pair make_authority(std::string_view name, const validity& when) {
  certificate_maker one{name, when};
  one.extend(NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  one.extend(NID_key_usage, "critical,keyCertSign,cRLSign");
  one.extend(NID_subject_key_identifier, "hash");
  return one.signed_by_itself();
}

key_pair make_server_certificate(const key_pair& authority, const std::vector<std::string>& names,
                                 const validity& when) {
  certificate_maker one{names.front(), when};
  one.add_names(names);
  return signed_by(authority, one, "serverAuth");
}

key_pair make_client_certificate(const key_pair& authority, const role_name& role, const validity& when) {
  certificate_maker one{role.value, when};
  return signed_by(authority, one, "clientAuth");
}

std::string certify_client(const key_pair& authority, const role_name& role, const validity& when, const secret& key) {
  certificate_maker one{role.value, when, read_key(key)};
  return signed_by(authority, one, "clientAuth").certificate;
}

certificate_facts read_certificate(std::string_view pem) {
  return facts_of(read_one(pem).get());
}

std::vector<certificate_facts> read_certificates(std::string_view pem) {
  std::vector<certificate_facts> all;
  const auto bio = bio_over(pem);
  while (const owned_certificate one{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    all.push_back(facts_of(one.get()));
  }
  ERR_clear_error();  // that there is no further one
  if (all.empty()) throw error{exit_code::invalid, "there is no certificate in it that OpenSSL can read"};
  return all;
}

bool is_whole(const key_pair& pair) {
  return X509_check_private_key(read_one(pair.certificate).get(), read_key(pair.key).get()) == 1;
}

bool is_signed_by(std::string_view certificate, std::string_view authority) {
  return X509_verify(read_one(certificate).get(), X509_get0_pubkey(read_one(authority).get())) == 1;
}

secret to_pkcs8(const secret& key) {
  const owned_bio bio{BIO_new(BIO_s_secmem())};
  require(bio && i2d_PKCS8PrivateKey_bio(bio.get(), read_key(key).get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "print a key");
  return secret{text_in(bio.get())};
}

}  // namespace innkeeper::exec
