#pragma once
// How to reach a Kubernetes API server, and as whom: what a kubeconfig's context or a pod's service account says.
#include <filesystem>
#include <string>

#include "core/secret.h"

namespace innkeeper::k8s {

struct cluster_settings {
  std::string from;         // for people: `context "kind" of /home/ann/.kube/config`, "the pod's service account"
  std::string server;       // https://HOST[:PORT][/PATH]; http:// on this machine only
  std::string authority;    // certificates in PEM; empty: those that the system trusts
  std::string server_name;  // that the server's certificate has to name; empty: the host of `server`
  bool is_verified = true;  // false: insecure-skip-tls-verify
  std::string proxy;        // empty: that of the environment, if any
  std::string certificate;  // the client's own, in PEM; empty: none
  secret key;               // of that certificate
  secret token;             // empty: none
  std::filesystem::path token_file;  // read before each request, since it is replaced while we run; empty: none
  std::string name_space;            // the context's; empty: it names none

  friend bool operator==(const cluster_settings&, const cluster_settings&) = default;
};

}  // namespace innkeeper::k8s
