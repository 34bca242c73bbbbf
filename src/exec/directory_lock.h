#pragma once
// A lock among processes of one machine that leaves no file behind: on the directory itself, for the moment between
// looking at a file in it and replacing that.
#include <filesystem>

#include "exec/descriptor.h"

namespace innkeeper::exec {

class directory_lock {
 public:
  // Polls for ten seconds. Throws exec::error: 73 then, 1 where the directory can't be opened.
  explicit directory_lock(const std::filesystem::path& directory);

 private:
  descriptor opened_;
};

}  // namespace innkeeper::exec
