#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "metrics/page.h"

namespace innkeeper::metrics {
namespace {

prometheus::ClientMetric sample_of(const metric_row& row, const label_set& where, double value) {
  prometheus::ClientMetric sample;
  for (const auto& [name, text] : where) sample.label.push_back({name, text});
  if (row.kind == metric_kind::counter) {
    sample.counter.value = value;
  } else {
    sample.gauge.value = value;
  }
  return sample;
}

prometheus::MetricFamily family_of(const metric_row& row, const std::map<label_set, double>& values) {
  prometheus::MetricFamily family;
  family.name = row.name;
  family.help = row.meaning;
  family.type = row.kind == metric_kind::counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  for (const auto& [where, value] : values) family.metric.push_back(sample_of(row, where, value));
  return family;
}

// One line, `name{label="value"} 1`. The library writes pages, and reads none.
class line_reader {
 public:
  explicit line_reader(std::string_view text) : rest_{text} {}

  void read_into(page& all) {
    const auto* row = find_metric(take_until("{ "));
    label_set labels;
    if (row == nullptr || !read_labels(labels)) return;
    const std::string number{rest_};
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (end != number.c_str() && std::isfinite(value)) all.set(row->id, labels, value);
  }

 private:
  std::string_view take_until(std::string_view ends) {
    const auto word = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(word.size());
    return word;
  }

  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool read_labels(label_set& into) {
    if (!take("{")) return true;
    while (!take("}")) {
      const std::string name{take_until("=")};
      if (!take("=\"")) return false;
      const auto value = read_value();
      if (!value) return false;
      into[name] = *value;
      (void)take(",");
    }
    return true;
  }

  // Up to the closing quote.
  std::optional<std::string> read_value() {
    std::string value;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return value;
      if (c != '\\') {
        value += c;
      } else if (!rest_.empty()) {
        value += rest_.front() == 'n' ? '\n' : rest_.front();
        rest_.remove_prefix(1);
      }
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

}  // namespace

std::string to_text(const page& all) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& [what, values] : all.samples()) families.push_back(family_of(row_of(what), values));
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, families);
  return text.str();
}

page parse_page(std::string_view text) {
  page all;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    line_reader{line}.read_into(all);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return all;
}

}  // namespace innkeeper::metrics
