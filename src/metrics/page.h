#pragma once
// Metrics with their values, as Prometheus reads them. A program that runs now and then leaves a page behind, and the
// next run goes on from it: counters add up, and the time of the last success outlives a failure. Pure.
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "metrics/metric.h"

namespace innkeeper::metrics {

using label_set = std::map<std::string, std::string>;  // an empty value is as good as none

class page {
 public:
  void set(metric what, const label_set& where, double value);
  void add(metric what, const label_set& where, double value);

  // This page speaks of all that an estate ("": of none) has of these: what `before` knew besides is gone.
  void is_all_of(metric_subject what, const std::string& estate) { whole_.emplace(what, estate); }

  // What `before` left that stays: all that this page doesn't speak of, counters, and what outlives a run.
  void go_on_from(const page& before);

  [[nodiscard]] const std::map<metric, std::map<label_set, double>>& samples() const { return samples_; }
  // The only one that is spoken of; "" where there are several, or none.
  [[nodiscard]] std::string only_estate() const;

  friend bool operator==(const page& one, const page& other) { return one.samples_ == other.samples_; }

 private:
  std::map<metric, std::map<label_set, double>> samples_;
  std::set<std::pair<metric_subject, std::string>> whole_;
};

// In Prometheus' text format, with HELP and TYPE.
[[nodiscard]] std::string to_text(const page& all);
// What is none of ours is left out.
[[nodiscard]] page parse_page(std::string_view text);

}  // namespace innkeeper::metrics
