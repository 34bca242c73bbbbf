#pragma once
// Owners of OpenSSL's objects. For exec/certificate*.cc only.
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

namespace innkeeper::exec {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* owned) const {
    Free(owned);
  }
};

using owned_bio = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using owned_key = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using owned_certificate = std::unique_ptr<X509, freed_by<X509_free>>;
using owned_name = std::unique_ptr<X509_NAME, freed_by<X509_NAME_free>>;
using owned_extension = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using owned_names = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;
using owned_number = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using owned_tls_context = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using owned_tls = std::unique_ptr<SSL, freed_by<SSL_free>>;

}  // namespace innkeeper::exec
