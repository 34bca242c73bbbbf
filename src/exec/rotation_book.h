#pragma once
// How far each log-in's rotation has come, written where every runner reads it: the registry. Roles belong to the whole
// server, so one session there changes a role and what is written of it in one transaction.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/log_in_pair.h"
#include "core/observed.h"
#include "core/secret.h"
#include "exec/server_access.h"
#include "pg/connection.h"
#include "pg/rotation_facts.h"

namespace innkeeper::exec {

class rotation_book {
 public:
  // Throws exec::error 69 where there is no registry yet, 77 where this admin can't use it.
  rotation_book(const server_access& access, std::string estate);

  struct terms {
    std::chrono::milliseconds grace{0};
    std::optional<std::chrono::milliseconds> force_after;
  };
  // Each changes the log-in's row to the given state.
  void begin(const log_in_pair& pair, rotation_state state, const terms& how);
  void set_terms(const log_in_pair& pair, const std::optional<std::chrono::milliseconds>& grace,
                 const std::optional<std::chrono::milliseconds>& force_after);
  void write(const log_in_pair& pair, rotation_state state);   // and which role is the twin
  void keep(const log_in_pair& pair, const secret& verifier);  // of the log-in that is not in use
  void remember(const role_name& role, const secret& verifier);
  // Whether the kept password is the one of this rotation: another machine may keep one of former days.
  [[nodiscard]] bool knows(const role_name& role, const secret& verifier);
  void open(const log_in_pair& pair, const secret& verifier, bool resets_validity);
  void flip(const log_in_pair& pair);
  void close(const log_in_pair& pair, rotation_state state);              // the log-in that is not in use
  void reopen(const log_in_pair& pair, const std::optional<terms>& how);  // without: as it was begun
  void renew(const log_in_pair& pair, const secret& verifier);            // in place
  void note_quiet(const log_in_pair& pair, std::optional<server_time> since);

  [[nodiscard]] std::vector<log_in_pair> read();
  [[nodiscard]] pg::password_times read_ages();
  // The sessions of the log-in that is not in use. A plain admin lends itself its rights for the look, and nothing of
  // that is ever committed.
  [[nodiscard]] drain_look look(const observed_server& observed, const log_in_pair& pair);
  // How many there were.
  int end_sessions(const observed_server& observed, const log_in_pair& pair);

 private:
  // One transaction.
  void change(const std::string& sql, const std::string& shown = {});
  [[nodiscard]] std::string state_sql(const log_in_pair& pair, rotation_state state,
                                      const std::string& also = {}) const;
  [[nodiscard]] std::string password_sql(const role_name& role, const secret& verifier) const;

  std::string estate_;
  pg::connection session_;
};

}  // namespace innkeeper::exec
