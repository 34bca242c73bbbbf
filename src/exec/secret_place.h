#pragma once
// A place where a service's application finds its secret: an env file, a directory, a Kubernetes Secret. Whoever writes
// one marks each key with its owner, so that the next run tells its own from other hands' without remembering anything.
#include <map>
#include <string>
#include <string_view>

#include "core/placed_secret.h"
#include "core/secret.h"
#include "exec/secret_store.h"

namespace innkeeper::exec {

struct place_content {
  placed_values keys;   // everything that stands there
  std::string version;  // for write(): a resourceVersion, a digest; "" where nothing is there

  friend bool operator==(const place_content&, const place_content&) = default;
};

struct place_entry {
  stored_state state = stored_state::absent;
  place_content content;
  std::string problem;  // of an unreadable one: what is wrong, and what to run
  std::string kept_by;  // a tool that would undo what we write there: `External Secrets (ExternalSecret "cafe-db")`

  friend bool operator==(const place_entry&, const place_entry&) = default;
};

class secret_place {
 public:
  secret_place() = default;
  secret_place(const secret_place&) = delete;
  secret_place& operator=(const secret_place&) = delete;
  virtual ~secret_place() = default;

  // Changes nothing. What is there but can't be read is unreadable, which is not empty and not absent.
  [[nodiscard]] virtual place_entry read() const = 0;

  // Sets these keys and marks them as the owner's; removes keys of this owner that are not among them, but for those
  // that another hand altered; leaves all others. With no keys at all, a place that then holds nothing is removed.
  // Durable once it returned. False, and nothing is changed, where the place is no longer at `version`: another hand
  // was faster, so read again. Throws exec::error.
  [[nodiscard]] virtual bool write(const std::map<std::string, secret>& keys, std::string_view owner,
                                   std::string_view version) = 0;

  // "file .innkeeper/cafe.env", "kubernetes cafe/cafe-backend-env"; for people.
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace innkeeper::exec
