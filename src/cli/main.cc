#include <csignal>
#include <string>
#include <vector>

#include "cli/run.h"
#include "exec/kubernetes.h"
#include "k8s/cluster.h"

int main(int argc, char** argv) {
  // A reader that went away shows as a failed write, not as a death without a word.
  std::signal(SIGPIPE, SIG_IGN);
  innkeeper::exec::use_kubernetes(innkeeper::k8s::make_cluster());
  return static_cast<int>(innkeeper::cli::run(std::vector<std::string>(argv + 1, argv + argc)));
}
