#pragma once
// Kubeconfig files, read as kubectl reads them: several are merged, the first that names something wins, and paths are
// relative to the file that has them. Pure: files come in through a function.
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "k8s/settings.h"

namespace innkeeper::k8s {

struct kubeconfig_text {
  std::string name;                 // for messages: the path, or "KUBE_CONFIG"
  std::filesystem::path directory;  // what its paths are relative to
  std::string text;
};

// A file's content. Throws exec::error where it can't be read.
using file_reader = std::function<std::string(const std::filesystem::path& file)>;

// Of the context, else the current one of the first file that names one. Throws exec::error (65) that says what is
// wrong where, and what to do about what this program doesn't do: programs that fetch credentials, passwords,
// impersonation.
[[nodiscard]] cluster_settings read_kubeconfig(const std::vector<kubeconfig_text>& files, const std::string& context,
                                               const file_reader& read);

}  // namespace innkeeper::k8s
