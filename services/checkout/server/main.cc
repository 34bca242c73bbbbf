// The checkout service. Everything it is told comes from the environment (README.md).
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <innkeeper/pool.h>
#include <pthread.h>
#include <unistd.h>

#include <csignal>

#include "services/checkout/server/history.h"
#include "services/checkout/server/log.h"
#include "services/checkout/server/metrics_page.h"
#include "services/checkout/server/persistence.h"
#include "services/checkout/server/readiness.h"
#include "services/checkout/server/service.h"

namespace checkout {
namespace {

constexpr const char* service_name = "hipstershop.CheckoutService";
constexpr std::size_t most_waiting_calls = 256;
constexpr int invalid_environment = 1;

environment whole_environment() {
  environment all;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view text{*one};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

// Linking gRPC's reflection turns it on; this takes it out again.
class without_reflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& one) { return one->name() == "proto_server_reflection"; });
  }
};

// Ends the process in time, whatever hangs: what isn't finished is recorded, and recovery goes on with it.
void end_in(std::chrono::milliseconds time) {
  std::thread{[time] {
    std::this_thread::sleep_for(time);
    ::_exit(0);
  }}.detach();
}

void say_how_it_starts(const settings& chosen) {
  log::info("Tracing disabled.");
  if (chosen.is_traced) log::warning("ENABLE_TRACING=1: no spans are exported yet; trace context is passed on");
  log::info(chosen.is_profiled ? "Profiling enabled." : "Profiling disabled.");
  if (chosen.database_url.empty()) {
    log::warning("DATABASE_URL not set. Orders will not be persisted to database.");
  } else {
    log::info("Database URL provided, initializing database connection");
  }
}

std::unique_ptr<grpc::Server> listen(const settings& chosen, const std::vector<grpc::Service*>& services) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("[::]:" + std::to_string(chosen.port), grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second one would take half of the calls in silence
  for (auto* one : services) builder.RegisterService(one);
  if (chosen.has_reflection) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  } else {
    builder.SetOption(std::make_unique<without_reflection>());
  }
  auto server = builder.BuildAndStart();
  return port != 0 ? std::move(server) : nullptr;
}

int serve(const settings& chosen, const innkeeper::pool_options& database, const sigset_t& ends) {
  say_how_it_starts(chosen);
  metrics counted;
  peers via{chosen.addresses, chosen.times};
  std::unique_ptr<persistence> kept;
  if (!chosen.database_url.empty()) kept = std::make_unique<persistence>(chosen, database, via, counted);
  place_order orders{via, kept ? &kept->store() : nullptr, kept ? &kept->afterwards() : nullptr, chosen.saga};
  workers at_work{chosen.workers, most_waiting_calls};
  checkout_service service{orders, at_work, counted};
  history_service history{kept ? &kept->history() : nullptr, at_work, chosen.saga.store_timeout};
  const auto server = listen(chosen, {&service, &history});
  if (!server) {
    log::fatal("failed to listen on tcp: \"[::]:" + std::to_string(chosen.port) + "\"");
    return 1;
  }
  auto& health = *server->GetHealthCheckService();
  health.SetServingStatus(service_name, !kept);
  log::info("starting to listen on tcp: \"[::]:" + std::to_string(chosen.port) + "\"");

  std::unique_ptr<metrics_page> page;
  if (chosen.metrics_port != 0) {
    page = std::make_unique<metrics_page>(
        chosen.metrics_port, [&] { return counted.to_prometheus() + (kept ? kept->to_prometheus() : ""); });
  }
  std::unique_ptr<repeater> watch;
  if (kept) {
    kept->start(orders);
    auto ready = std::make_shared<readiness>(chosen, kept->store(),
                                             [&](bool is_ready) { health.SetServingStatus(service_name, is_ready); });
    watch = std::make_unique<repeater>("readiness", chosen.saga.health_interval, [ready] { ready->turn(); });
  }

  int signal = 0;
  sigwait(&ends, &signal);
  log::info("shutting down: orders that are under way are finished");
  service.refuse_more();
  end_in(chosen.saga.shutdown);
  watch.reset();
  health.Shutdown();  // NOT_SERVING, for good
  server->Shutdown(std::chrono::system_clock::now() + chosen.saga.shutdown);
  page.reset();
  if (kept) kept->stop();
  return 0;
}

int run() {
  // Before any thread is there, so that only sigwait() takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const auto read = read_settings(whole_environment());
  if (const auto* problem = std::get_if<std::string>(&read)) {
    log::fatal(*problem);
    return invalid_environment;
  }
  innkeeper::pool_options database;
  try {
    database = innkeeper::pool_options_of_environment();
    database.name = "orders";
    database.connection = store_connection(std::move(database.connection));
    return serve(std::get<settings>(read), database, ends);
  } catch (const std::exception& problem) {
    log::fatal(problem.what());
    return invalid_environment;
  }
}

}  // namespace
}  // namespace checkout

int main() {
  return checkout::run();
}
