#pragma once
// Stands between clients and a PostgreSQL server, understands where the protocol's messages begin and end, counts them
// over all connections in the order in which they came, and at one of them does what an accident would do.
//
// Two things are counted. A request is one message of a client; an answer is all that the server says until it waits
// for the client again. Answers are passed on whole, so that a client never hears half of a lost one. Encryption is
// refused, as a server without it does; cancel requests are passed on and not counted.
#include <sys/types.h>

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/conninfo.h"

namespace innkeeper::test {

enum class fault_kind {
  cut,           // at a request: both sides are closed, the server never sees it
  half,          // a request of which the server sees half
  lost_answer,   // the server has done it, and the client never hears of that
  half_answer,   // the client hears half
  reset,         // at a request, with RST on both sides
  kill_runner,   // SIGKILL to the client before its request arrives
  orphan,        // SIGKILL to the client after its request arrived: its backend works on
  end_backend,   // SIGTERM to the connection's backend; like the next two, before or after the request reached it
  kill_backend,  // SIGKILL to it: the server throws everybody out and recovers
  crash_server   // SIGKILL to the postmaster
};
inline constexpr std::array all_fault_kinds{fault_kind::cut,         fault_kind::half,        fault_kind::lost_answer,
                                            fault_kind::half_answer, fault_kind::reset,       fault_kind::kill_runner,
                                            fault_kind::orphan,      fault_kind::end_backend, fault_kind::kill_backend,
                                            fault_kind::crash_server};
[[nodiscard]] std::string_view to_string(fault_kind kind);
[[nodiscard]] bool is_at_answers(fault_kind kind);

struct fault {
  fault_kind kind = fault_kind::cut;
  int at = 1;  // the first is 1

  friend bool operator==(const fault&, const fault&) = default;
};

struct traffic_counts {
  int requests = 0;
  int answers = 0;
};

class fault_proxy {
 public:
  // What a fault does besides the connection: called once, from one of the proxy's threads, with the process id of the
  // connection's backend, 0 where that hasn't introduced itself yet.
  using striker = std::function<void(fault_kind kind, pid_t backend)>;

  // Listens at once, on 127.0.0.1. Throws std::runtime_error.
  fault_proxy(endpoint server, std::optional<fault> planned, striker strike);
  fault_proxy(const fault_proxy&) = delete;
  fault_proxy& operator=(const fault_proxy&) = delete;
  ~fault_proxy();  // closes every connection

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] traffic_counts counts() const;
  [[nodiscard]] bool has_struck() const { return has_struck_; }
  [[nodiscard]] std::string struck() const;  // the message that the fault met: "Query: BEGIN; CREATE ROLE …"

 private:
  friend class proxied_connection;
  enum class verdict { pass, pass_then_strike, pass_and_close, pass_half_and_close, close, reset };

  void accept_all();
  verdict judge(bool is_answer, const std::string& message, pid_t backend);

  const endpoint server_;
  const std::optional<fault> planned_;
  const striker strike_;
  int listener_ = -1;
  int stop_ = -1;  // readable when all threads should end
  int port_ = 0;
  mutable std::mutex guard_;
  traffic_counts counts_;
  std::string struck_;
  std::atomic<bool> has_struck_ = false;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace innkeeper::test
