#pragma once
// Part of rotate.cc: what the steps of one run share. Each log-in's trouble is written to it, and the others go on.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "exec/apply.h"
#include "exec/error.h"
#include "exec/rotate.h"
#include "exec/rotation_book.h"
#include "exec/rotation_candidates.h"
#include "exec/secret_store.h"

namespace innkeeper::exec {

struct rotation_run {
  // Throws as rotation_book does. All four are borrowed.
  rotation_run(const estate& all, const server_access& access, const rotate_options& options, const event_sink& tell);

  const estate& all;
  const server_access& access;
  const rotate_options& options;
  const event_sink& tell;
  secret_store store;   // the directory alone: what this estate keeps
  secret_store places;  // and with what only a place of the service still holds
  rotation_book book;
  std::vector<rotation_candidate> candidates;
  std::vector<rotation_candidate*> chosen;  // of them, those that were asked for
  server_plan planned;                      // the last look
  int changed = 0;
  bool has_closed = false;  // a former log-in

  [[nodiscard]] const std::string& server() const { return access.server->name; }
  [[nodiscard]] const observed_role* role_of(const role_name& name) const;
  [[nodiscard]] bool has_failed() const;
  [[nodiscard]] rotation_book::terms terms() const;  // that this run was given
  // Of the whole estate: a log-in has rights in the databases of services that it reads, too. Throws exec::error where
  // the registry can't be read, and pg::error.
  void look();
  // What the registry says by now of those that are ready.
  void refresh();

  // From now on nothing more is done for it.
  void refuse(rotation_candidate& one, std::string text, exit_code code = exit_code::failed,
              rotation_outcome outcome = rotation_outcome::refused);
  void fail(rotation_candidate& one, std::string text, exit_code code = exit_code::failed);
  // What `work` throws is the failure of these, and of no others.
  template <class Work>
  void guarded(const std::vector<rotation_candidate*>& whose, const Work& work);

  void tell_begun(const rotation_candidate& one, std::string_view what) const;
  void tell_done(const rotation_candidate& one, std::string_view what) const;

 private:
  void tell_event(event_kind kind, const rotation_candidate& one, std::string_view what) const;
  void fail(const std::vector<rotation_candidate*>& whose, const std::string& text, exit_code code);
};

template <class Work>
void rotation_run::guarded(const std::vector<rotation_candidate*>& whose, const Work& work) {
  try {
    work();
  } catch (const error& failed) {
    fail(whose, whole_text(failed), failed.code());
  } catch (const pg::error& failed) {
    fail(whose, fmt::format("{} [{}]", failed.facts().primary, failed.sqlstate()),
         failed.is_not_permitted() ? exit_code::not_permitted
         : failed.may_retry()      ? exit_code::may_retry
                                   : exit_code::failed);
  }
}

}  // namespace innkeeper::exec
