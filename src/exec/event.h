#pragma once
// What happens during long work, told to whoever listens: a terminal, a JSON log. Nothing inside formats for people.
#include <chrono>
#include <functional>
#include <string>

namespace innkeeper::exec {

enum class event_kind {
  note,           // text: something to know, once
  detail,         // text: for who wants to know all
  attempt,        // to reach a server; done: how many there were, this one included
  reached,        // subject: what answers now; duration: since the first attempt
  waiting,        // text: for a server, or for another runner's lock (it names the holder)
  step_begun,     // subject, text
  step_done,      // subject, text, duration
  step_failed,    // subject, text: what failed and why
  service_done,   // service: nothing left to do for it; done of total
  service_failed  // service, text
};

struct event {
  event_kind kind = event_kind::note;
  std::string server;
  std::string service;
  std::string subject;
  std::string text;
  std::string phase;  // of a service's schema file: "tables", "migrations"
  std::chrono::milliseconds duration{0};
  int done = 0;   // steps so far, over the whole run
  int total = 0;  // steps of the plan
};

// Called from any thread, one call at a time.
using event_sink = std::function<void(const event&)>;

}  // namespace innkeeper::exec
