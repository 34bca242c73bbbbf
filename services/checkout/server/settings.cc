#include "services/checkout/server/settings.h"

#include <charconv>

#include "services/checkout/domain/text.h"

namespace checkout {
namespace {

class reader {
 public:
  explicit reader(const environment& from) : from_{from} {}

  [[nodiscard]] std::string text(const std::string& name, std::string otherwise = "") const {
    const auto found = from_.find(name);
    return found == from_.end() || found->second.empty() ? std::move(otherwise) : found->second;
  }

  [[nodiscard]] std::string mandatory(const std::string& name) {
    auto value = text(name);
    if (value.empty()) complain("environment variable \"" + name + "\" not set");
    return value;
  }

  void number(const std::string& name, int least, int most, int& into) {
    const auto value = text(name);
    if (value.empty()) return;
    int got = 0;
    const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), got);
    if (problem != std::errc{} || end != value.data() + value.size() || got < least || got > most) {
      complain("environment variable \"" + name + "\" must be a number from " + std::to_string(least) + " to " +
               std::to_string(most));
      return;
    }
    into = got;
  }

  void time(const std::string& name, std::chrono::milliseconds& into) {
    const auto value = text(name);
    if (value.empty()) return;
    const auto got = parse_duration(value);
    if (!got) {
      complain("environment variable \"" + name + "\" must be a time such as 300s or 250ms");
      return;
    }
    into = *got;
  }

  // Of a pause: without one, a loop would do nothing else.
  void pause(const std::string& name, std::chrono::milliseconds& into) {
    time(name, into);
    if (into.count() == 0) complain("environment variable \"" + name + "\" must be more than 0");
  }

  [[nodiscard]] bool flag(const std::string& name) const { return text(name) == "1"; }

  void complain(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  const environment& from_;
  std::string problem_;  // the first one
};

}  // namespace

std::variant<settings, std::string> read_settings(const environment& from) {
  reader env{from};
  settings chosen;
  chosen.addresses.shipping = env.mandatory("SHIPPING_SERVICE_ADDR");
  chosen.addresses.catalogue = env.mandatory("PRODUCT_CATALOG_SERVICE_ADDR");
  chosen.addresses.cart = env.mandatory("CART_SERVICE_ADDR");
  chosen.addresses.currency = env.mandatory("CURRENCY_SERVICE_ADDR");
  chosen.addresses.email = env.mandatory("EMAIL_SERVICE_ADDR");
  chosen.addresses.payment = env.mandatory("PAYMENT_SERVICE_ADDR");
  env.number("PORT", 1, 65535, chosen.port);

  chosen.database_url = env.text("DATABASE_URL");
  if (chosen.database_url.empty() && !env.flag("CHECKOUT_WITHOUT_STORE")) {
    env.complain("environment variable \"DATABASE_URL\" not set; CHECKOUT_WITHOUT_STORE=1 forgets orders on purpose");
  }
  chosen.migration_url = env.text("MIGRATION_DATABASE_URL");
  chosen.schema_files = env.text("CHECKOUT_SCHEMA_DIR");
  if (!chosen.migration_url.empty() && chosen.schema_files.empty()) (void)env.mandatory("CHECKOUT_SCHEMA_DIR");

  chosen.is_traced = env.flag("ENABLE_TRACING");
  if (chosen.is_traced) (void)env.mandatory("COLLECTOR_SERVICE_ADDR");
  chosen.is_profiled = env.flag("ENABLE_PROFILER");
  chosen.has_reflection = env.flag("ENABLE_REFLECTION");

  env.time("CHECKOUT_READ_TIMEOUT", chosen.times.read);
  env.time("CHECKOUT_CHARGE_TIMEOUT", chosen.times.charge);
  env.time("CHECKOUT_SHIP_TIMEOUT", chosen.times.ship);
  env.time("CHECKOUT_EMPTY_CART_TIMEOUT", chosen.times.empty_cart);
  env.time("CHECKOUT_EMAIL_TIMEOUT", chosen.times.email);
  env.time("CHECKOUT_PAYMENT_READY_TIMEOUT", chosen.times.payment_ready);
  env.time("CHECKOUT_REPLAY_WINDOW_SECONDS", chosen.saga.replay_window);
  env.time("CHECKOUT_DUPLICATE_WAIT", chosen.saga.duplicate_wait);
  env.time("CHECKOUT_STORE_TIMEOUT", chosen.saga.store_timeout);
  env.time("CHECKOUT_STORE_RETRY", chosen.saga.store_retry);
  env.pause("CHECKOUT_RECOVERY_INTERVAL", chosen.saga.recovery_interval);
  env.pause("CHECKOUT_HEALTH_INTERVAL", chosen.saga.health_interval);
  env.time("CHECKOUT_SHUTDOWN_TIMEOUT", chosen.saga.shutdown);
  env.time("CHECKOUT_LEASE", chosen.saga.lease);
  env.time("CHECKOUT_RETRY", chosen.saga.retry);
  env.time("CHECKOUT_RETRY_MOST", chosen.saga.retry_most);
  env.time("CHECKOUT_SHIP_GIVE_UP", chosen.saga.ship_give_up);
  env.number("CHECKOUT_METRICS_PORT", 1, 65535, chosen.metrics_port);
  env.number("CHECKOUT_WORKERS", 1, 1000, chosen.workers);
  env.number("CHECKOUT_STORE_LANES", 1, 16, chosen.store_lanes);

  if (chosen.saga.lease <= chosen.times.charge) {
    env.complain(
        "environment variable \"CHECKOUT_LEASE\" must be longer than \"CHECKOUT_CHARGE_TIMEOUT\":"
        " recovery would take an order while its card is being charged");
  }
  if (chosen.saga.retry_most < chosen.saga.retry) {
    env.complain("environment variable \"CHECKOUT_RETRY_MOST\" must not be shorter than \"CHECKOUT_RETRY\"");
  }

  if (!env.problem().empty()) return env.problem();
  return chosen;
}

}  // namespace checkout
