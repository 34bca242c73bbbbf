// The checkout service. Everything it is told comes from the environment (README.md).
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <innkeeper/pool.h>
#include <innkeeper/schema.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

#include "services/checkout/server/background.h"
#include "services/checkout/server/log.h"
#include "services/checkout/server/service.h"
#include "services/checkout/store/postgres_store.h"

namespace checkout {
namespace {

using clock = std::chrono::steady_clock;

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

// The store with all that works on it. Absent as a whole where orders are to be forgotten.
class persistence {
 public:
  persistence(const settings& chosen, const innkeeper::pool_options& options, peers& via)
      : pool_{options},
        store_{pool_,
               {.lease = chosen.saga.lease,
                .ship_retry = chosen.saga.retry,
                .ship_retry_most = chosen.saga.retry_most,
                .ship_give_up = chosen.saga.ship_give_up,
                .outbox_retry = chosen.saga.retry,
                .outbox_retry_most = chosen.saga.retry_most},
               {.lanes = chosen.store_lanes, .timeout = chosen.saga.store_timeout}},
        fulfilment_{via, store_, chosen.saga, [this] { wake_outbox(); }},
        recovery_{store_, fulfilment_, chosen.saga},
        mails_{store_, via, outbox_kind::email, chosen.saga},
        carts_{store_, via, outbox_kind::empty_cart, chosen.saga} {}

  void start(const settings& chosen, place_order& orders) {
    const auto interval = chosen.saga.recovery_interval;
    recovery_turns_ = std::make_unique<repeater>("recovery", interval, [this, &orders] {
      orders.abandon_leftovers();
      recovery_.turn();
    });
    mail_turns_ = std::make_unique<repeater>("e-mail outbox", interval, [this] { mails_.turn(); });
    cart_turns_ = std::make_unique<repeater>("cart outbox", interval, [this] { carts_.turn(); });
  }
  void stop() {
    recovery_turns_.reset();
    const std::lock_guard lock{guard_};
    mail_turns_.reset();
    cart_turns_.reset();
  }

  [[nodiscard]] order_store& store() { return store_; }
  [[nodiscard]] fulfilment& afterwards() { return fulfilment_; }

 private:
  void wake_outbox() {
    const std::lock_guard lock{guard_};
    if (mail_turns_) mail_turns_->wake();
    if (cart_turns_) cart_turns_->wake();
  }

  innkeeper::pool pool_;
  postgres_store store_;
  fulfilment fulfilment_;
  recovery recovery_;
  outbox mails_;
  outbox carts_;
  std::mutex guard_;
  std::unique_ptr<repeater> recovery_turns_;
  std::unique_ptr<repeater> mail_turns_;
  std::unique_ptr<repeater> cart_turns_;
};

// Brings the schema up to date where this service may; else it is somebody else's.
bool migrate(const settings& chosen) {
  if (chosen.migration_url.empty()) return true;
  innkeeper::schema_options options;
  options.url = chosen.migration_url;
  options.service = "checkout";
  options.files = chosen.schema_files;
  options.max_retries = 0;
  options.log = [](const innkeeper::log_line& line) { log::info(line.phase + ": " + line.message); };
  return innkeeper::initialise_schema(options).state == innkeeper::schema_state::ready;
}

// Readiness: whether orders can be recorded. Tells when that changes.
class readiness {
 public:
  readiness(const settings& chosen, order_store& store, grpc::HealthCheckServiceInterface& health)
      : chosen_{chosen}, store_{store}, health_{health} {}

  void turn() {
    std::string trouble;
    if (!is_migrated_ && !(is_migrated_ = migrate(chosen_))) trouble = "the schema could not be brought up to date";
    if (trouble.empty()) trouble = store_.trouble(clock::now() + chosen_.saga.store_timeout);
    if (trouble.empty() && !was_connected_) {
      was_connected_ = true;
      log::info("Successfully connected to PostgreSQL database");
      log::info("Database connection established successfully");
    } else if (trouble != trouble_) {
      if (trouble.empty()) {
        log::info("order store available again");
      } else {
        log::error("order store unavailable: " + trouble);
      }
    }
    trouble_ = trouble;
    health_.SetServingStatus(service_name, trouble.empty());
  }

 private:
  const settings& chosen_;
  order_store& store_;
  grpc::HealthCheckServiceInterface& health_;
  bool is_migrated_ = false;
  bool was_connected_ = false;
  std::string trouble_;
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

std::unique_ptr<grpc::Server> listen(const settings& chosen, checkout_service& service) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("[::]:" + std::to_string(chosen.port), grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second one would take half of the calls in silence
  builder.RegisterService(&service);
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
  peers via{chosen.addresses, chosen.times};
  std::unique_ptr<persistence> kept;
  if (!chosen.database_url.empty()) kept = std::make_unique<persistence>(chosen, database, via);
  place_order orders{via, kept ? &kept->store() : nullptr, kept ? &kept->afterwards() : nullptr, chosen.saga};
  workers at_work{chosen.workers, most_waiting_calls};
  checkout_service service{orders, at_work};
  const auto server = listen(chosen, service);
  if (!server) {
    log::fatal("failed to listen on tcp: \"[::]:" + std::to_string(chosen.port) + "\"");
    return 1;
  }
  auto& health = *server->GetHealthCheckService();
  health.SetServingStatus(service_name, !kept);
  log::info("starting to listen on tcp: \"[::]:" + std::to_string(chosen.port) + "\"");

  std::unique_ptr<repeater> watch;
  if (kept) {
    kept->start(chosen, orders);
    auto ready = std::make_shared<readiness>(chosen, kept->store(), health);
    watch = std::make_unique<repeater>("readiness", chosen.saga.health_interval, [ready] { ready->turn(); });
  }

  int signal = 0;
  sigwait(&ends, &signal);
  log::info("shutting down: orders that are under way are finished");
  end_in(chosen.saga.shutdown);
  watch.reset();
  health.Shutdown();  // NOT_SERVING, for good
  server->Shutdown(std::chrono::system_clock::now() + chosen.saga.shutdown);
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
    database.connection.application_name = "checkoutservice";
    if (database.connection.url.find("target_session_attrs") == std::string::npos) {
      database.connection.target_session_attrs = "read-write";
    }
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
