#pragma once
// Whether a running embedded server took its files when it was told to read them anew: what it can't take it leaves as
// it was, with a line in its log only. For embedded_server.cc.
#include <chrono>
#include <string>

#include "core/conninfo.h"

namespace innkeeper::exec {

class reload_watch {
 public:
  // Before SIGHUP, as the admin. Where that can't log in, or is no superuser, nothing is judged.
  explicit reload_watch(conninfo admin);

  // After it: what was not taken, with the file's line; empty: nothing.
  [[nodiscard]] std::string problem(std::chrono::milliseconds patience) const;

 private:
  conninfo admin_;
  std::string loaded_at_;  // empty: not judged
};

}  // namespace innkeeper::exec
