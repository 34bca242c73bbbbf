#include "services/checkout/server/metrics.h"

#include <algorithm>
#include <cstdio>

namespace checkout {
namespace {

// Their values are names of ours: nothing in them needs an escape.
std::string label(std::string_view name, std::string_view value) {
  return std::string{name} + "=\"" + std::string{value} + "\"";
}

std::string seconds(std::chrono::duration<double> time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.9g", time.count());
  return text.data();
}

void heading(std::string& page, std::string_view name, std::string_view help, std::string_view type) {
  page.append("# HELP ").append(name).append(" ").append(help).append("\n");
  page.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void line(std::string& page, std::string_view name, std::string_view labels, std::string_view value) {
  page.append(name);
  if (!labels.empty()) page.append("{").append(labels).append("}");
  page.append(" ").append(value).append("\n");
}

}  // namespace

void metrics::histogram::add(duration took) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  const auto bucket = std::lower_bound(ends.begin(), ends.end(), micros) - ends.begin();
  ++counts[static_cast<std::size_t>(bucket)];
  sum += took;
}

void metrics::count_order(order_status status, std::uint64_t how_many) {
  const std::lock_guard lock{guard_};
  orders_[label("status", to_string(status))] += how_many;
}

void metrics::count_recovery(order_status status, std::uint64_t how_many) {
  const std::lock_guard lock{guard_};
  recovered_[label("status", to_string(status))] += how_many;
}

void metrics::count_answer(int status, reason why, duration took) {
  const std::lock_guard lock{guard_};
  ++answers_[label("code", code_name(status)) + "," + label("reason", to_string(why))];
  calls_[""].add(took);
}

void metrics::count_store_call(std::string_view operation, bool succeeded, duration took) {
  const std::lock_guard lock{guard_};
  const auto labels = label("operation", operation);
  store_[labels].add(took);
  store_failures_[labels] += succeeded ? 0 : 1;
}

void metrics::count_sent(std::string_view kind, bool succeeded) {
  const std::lock_guard lock{guard_};
  ++sent_[label("kind", kind) + "," + label("outcome", succeeded ? "sent" : "failed")];
}

std::string metrics::to_prometheus() const {
  std::string page;
  const std::lock_guard lock{guard_};
  print(page, "checkout_orders_total", "Orders that this process brought to a status.", orders_);
  print(page, "checkout_recovered_total", "Orders that recovery brought to a status.", recovered_);
  print(page, "checkout_answers_total", "Answers to PlaceOrder.", answers_);
  print(page, "checkout_place_order_seconds", "From the request to the answer.", calls_);
  print(page, "checkout_store_seconds", "Questions to the store, waiting for a connection included.", store_);
  print(page, "checkout_store_failures_total", "Questions to the store that failed.", store_failures_);
  print(page, "checkout_outbox_tries_total", "Mails and carts to be emptied: tries.", sent_);
  return page;
}

void metrics::print(std::string& page, std::string_view name, std::string_view help, const counters& all) {
  heading(page, name, help, "counter");
  for (const auto& [labels, count] : all) line(page, name, labels, std::to_string(count));
}

void metrics::print(std::string& page, std::string_view name, std::string_view help,
                    const std::map<std::string, histogram>& all) {
  heading(page, name, help, "histogram");
  const std::string bucket = std::string{name} + "_bucket";
  for (const auto& [labels, one] : all) {
    const std::string before = labels.empty() ? "" : labels + ",";
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < one.counts.size(); ++i) {
      count += one.counts[i];
      const auto end = i < histogram::ends.size() ? seconds(std::chrono::microseconds{histogram::ends[i]}) : "+Inf";
      line(page, bucket, before + label("le", end), std::to_string(count));
    }
    line(page, std::string{name} + "_sum", labels, seconds(one.sum));
    line(page, std::string{name} + "_count", labels, std::to_string(count));
  }
}

}  // namespace checkout
