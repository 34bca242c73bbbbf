#pragma once
// What certificate.cc and certificate_probe.cc share of OpenSSL. Not for others.
#include <openssl/x509.h>

#include "exec/certificate.h"

namespace innkeeper::exec {

[[nodiscard]] certificate_facts facts_of(const X509* one);

}  // namespace innkeeper::exec
