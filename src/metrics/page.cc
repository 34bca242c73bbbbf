#include "metrics/page.h"

#include <optional>

namespace innkeeper::metrics {
namespace {

std::string value_of(const label_set& labels, const std::string& name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string{} : found->second;
}

// The labels that say whom a value is about.
label_set subject_of(const metric_row& row, const label_set& where) {
  label_set subject;
  for (const auto name : labels_of(row.subject)) {
    if (auto value = value_of(where, std::string{name}); !value.empty()) {
      subject.emplace(name, std::move(value));
    }
  }
  return subject;
}

label_set without_empty(label_set labels) {
  std::erase_if(labels, [](const auto& one) { return one.second.empty(); });
  return labels;
}

}  // namespace

void page::set(metric what, const label_set& where, double value) {
  samples_[what][without_empty(where)] = value;
}

void page::add(metric what, const label_set& where, double value) {
  samples_[what][without_empty(where)] += value;
}

void page::go_on_from(const page& before) {
  std::set<std::pair<metric_subject, label_set>> spoken_of;
  for (const auto& [what, values] : samples_) {
    for (const auto& [where, value] : values) {
      spoken_of.emplace(row_of(what).subject, subject_of(row_of(what), where));
    }
  }
  for (const auto& [what, values] : before.samples_) {
    const auto& row = row_of(what);
    for (const auto& [where, value] : values) {
      const bool is_gone = whole_.contains({row.subject, value_of(where, "estate")});
      if (!spoken_of.contains({row.subject, subject_of(row, where)})) {
        if (!is_gone) samples_[what].emplace(where, value);
      } else if (row.kind == metric_kind::counter) {
        samples_[what][where] += value;
      } else if (row.outlives) {
        samples_[what].emplace(where, value);
      }
    }
  }
}

std::string page::only_estate() const {
  std::optional<std::string> only;
  for (const auto& [what, values] : samples_) {
    for (const auto& [where, value] : values) {
      const auto estate = value_of(where, "estate");
      if (only && *only != estate) return {};
      only = estate;
    }
  }
  return only.value_or("");
}

}  // namespace innkeeper::metrics
