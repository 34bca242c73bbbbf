#include "core/manifest_scalars.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "core/conninfo.h"
#include "core/display.h"
#include "core/manifest_environment.h"
#include "core/naming.h"
#include "core/secret_template.h"

namespace innkeeper {
namespace {

using namespace std::chrono_literals;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}
bool is_letter_or_digit(char c) {
  return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

template <std::size_t N>
bool is_amount(std::string_view text, const std::array<std::string_view, N>& units) {
  const auto split = split_number(text);
  return split && std::ranges::find(units, split->second) != units.end();
}

value_problem must_be(std::string_view noun) {
  return {fmt::format("must be {}", noun), {}, {}};
}

template <value_kind Kind>
std::optional<value_problem> unless(bool is_right) {
  if (is_right) return std::nullopt;
  return must_be(rule_of(Kind).noun);
}

bool is_kubernetes_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && is_lower_or_digit(name.front()) && is_lower_or_digit(name.back()) &&
         std::ranges::all_of(name, [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; });
}

std::optional<value_problem> check_kubernetes_object(std::string_view text) {
  const std::size_t slash = text.find('/');
  return unless<value_kind::kubernetes_object>(slash != std::string_view::npos &&
                                               is_kubernetes_name(text.substr(0, slash)) &&
                                               is_kubernetes_name(text.substr(slash + 1)));
}

std::optional<value_problem> check_kubernetes_key(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  const auto is_key_letter = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; };
  const bool is_right = slash != std::string_view::npos && slash + 1 < text.size() &&
                        std::ranges::all_of(text.substr(slash + 1), is_key_letter) &&
                        !check_kubernetes_object(text.substr(0, slash));
  return unless<value_kind::kubernetes_key>(is_right);
}

std::optional<value_problem> check_workload(std::string_view text) {
  const std::size_t last = text.rfind('/');
  if (last == std::string_view::npos || !is_kubernetes_name(text.substr(last + 1))) {
    return unless<value_kind::workload>(false);
  }
  std::string_view kind = text.substr(0, last);
  bool is_right = true;
  if (const std::size_t slash = kind.find('/'); slash != std::string_view::npos) {
    is_right = is_kubernetes_name(kind.substr(0, slash));
    kind.remove_prefix(slash + 1);
  }
  return unless<value_kind::workload>(is_right &&
                                      (kind == "deployment" || kind == "statefulset" || kind == "daemonset"));
}

std::optional<value_problem> check_environment_name(std::string_view text) {
  return unless<value_kind::environment_name>(is_environment_name(text));
}

// The problem's text comes from the connection string's parser, which never repeats a secret.
std::optional<value_problem> check_server_url(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const parsed_conninfo parsed = parse_conninfo(text);
  if (parsed.value) return std::nullopt;
  return value_problem{
      "is not a connection string", parsed.problem,
      "Write it as postgres://USER@HOST:PORT/DATABASE, or in another dialect that libpq or a driver reads."};
}

bool has_scheme(std::string_view text, std::initializer_list<std::string_view> schemes) {
  return std::ranges::any_of(schemes, [&](std::string_view scheme) {
    return text.starts_with(scheme) && text.size() > scheme.size() && text.find(' ') == std::string_view::npos;
  });
}

std::optional<value_problem> check_broker_url(std::string_view text) {
  return unless<value_kind::broker_url>(has_scheme(text, {"redis://", "rediss://", "amqp://", "amqps://"}));
}
std::optional<value_problem> check_web_url(std::string_view text) {
  return unless<value_kind::web_url>(has_scheme(text, {"http://", "https://"}));
}

std::optional<value_problem> check_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string_view::npos ? std::optional<long>{1} : parse_integer(text.substr(colon + 1));
  const std::string_view host = text.substr(0, colon);
  const bool is_right =
      !host.empty() && host.find_first_of(" /@") == std::string_view::npos && port && *port >= 1 && *port <= 65535;
  return unless<value_kind::host_and_port>(is_right);
}

std::optional<value_problem> check_boolean(std::string_view text) {
  static constexpr std::array<std::string_view, 10> yaml_1_1{"yes", "no",  "on", "off", "y",
                                                             "n",   "Yes", "No", "On",  "Off"};
  if (text == "true" || text == "false") return std::nullopt;
  auto problem = must_be(rule_of(value_kind::boolean).noun);
  if (std::ranges::find(yaml_1_1, text) != yaml_1_1.end()) {
    problem.hint = "YAML 1.1 also took yes, no, on and off; here only true and false are booleans.";
  }
  return problem;
}

std::optional<value_problem> check_duration(std::string_view text) {
  if (text == "0" || parse_duration(text)) return std::nullopt;
  auto problem = must_be(rule_of(value_kind::duration).noun);
  if (parse_duration_or_seconds(text))
    problem.hint = fmt::format("Say the unit: {}s for seconds, {}ms for milliseconds.", text, text);
  return problem;
}
std::optional<value_problem> check_duration_or_seconds(std::string_view text) {
  return unless<value_kind::duration_or_seconds>(parse_duration_or_seconds(text).has_value());
}

constexpr std::chrono::milliseconds longest_setting{2'147'483'647};  // PostgreSQL keeps it in an int

std::optional<value_problem> check_duration_or_off(std::string_view text) {
  if (text == "off") return std::nullopt;
  const auto time = parse_duration(text);
  if (time && *time > longest_setting) return must_be(fmt::format("at most {}ms", longest_setting.count()));
  return unless<value_kind::duration_or_off>(time && time->count() > 0);
}

std::optional<value_problem> check_disk_size_or_off(std::string_view text) {
  static constexpr double most = 2'147'483'647;  // kB, in an int
  if (text == "off") return std::nullopt;
  const auto size = parse_disk_size(text);
  if (size && *size > most) return must_be("at most 2047GB");
  return unless<value_kind::disk_size_or_off>(size && *size >= 1);
}

std::optional<value_problem> check_memory_size(std::string_view text) {
  static constexpr std::array<std::string_view, 9> units{"", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"};
  return unless<value_kind::memory_size>(is_amount(text, units));
}
std::optional<value_problem> check_cpu_amount(std::string_view text) {
  static constexpr std::array<std::string_view, 2> units{"", "m"};
  return unless<value_kind::cpu_amount>(is_amount(text, units));
}

std::optional<value_problem> check_date(std::string_view text) {
  const bool is_shaped = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const auto year = is_shaped ? parse_integer(text.substr(0, 4)) : std::nullopt;
  const auto month = is_shaped ? parse_integer(text.substr(5, 2)) : std::nullopt;
  const auto day = is_shaped ? parse_integer(text.substr(8, 2)) : std::nullopt;
  const bool is_right = year && month && day && *month > 0 && *day > 0 &&
                        std::chrono::year_month_day{std::chrono::year{static_cast<int>(*year)},
                                                    std::chrono::month{static_cast<unsigned>(*month)},
                                                    std::chrono::day{static_cast<unsigned>(*day)}}
                            .ok();
  return unless<value_kind::date>(is_right);
}

std::optional<value_problem> check_name_template(std::string_view text) {
  static constexpr std::array<std::string_view, 3> known{"{db}", "{service}", "{user}"};
  for (std::size_t i = 0; i < text.size();) {
    const auto is_here = [&](std::string_view one) { return text.substr(i).starts_with(one); };
    const auto found = std::ranges::find_if(known, is_here);
    if (found == known.end() && (text[i] == '{' || text[i] == '}'))
      return must_be(rule_of(value_kind::name_template).noun);
    i += found == known.end() ? 1 : found->size();
  }
  return std::nullopt;
}

std::optional<value_problem> check_table_prefix(std::string_view text) {
  const bool is_right = is_environment_name(text) && text.size() <= 40;
  return unless<value_kind::table_prefix>(is_right);
}

std::optional<value_problem> from_name(std::optional<name_problem> found) {
  if (!found) return std::nullopt;
  return value_problem{std::move(found->message), std::move(found->detail), std::move(found->hint)};
}
std::optional<value_problem> check_simple(std::string_view text) {
  return from_name(check_simple_name(text));
}
std::optional<value_problem> check_database(std::string_view text) {
  return from_name(check_name(database_name{std::string{text}}));
}
std::optional<value_problem> check_role(std::string_view text) {
  return from_name(check_name(role_name{std::string{text}}));
}
std::optional<value_problem> check_schema(std::string_view text) {
  return from_name(check_name(schema_name{std::string{text}}));
}
std::optional<value_problem> check_extension(std::string_view text) {
  return from_name(check_name(extension_name{std::string{text}}));
}

std::optional<value_problem> check_secret_text(std::string_view text) {
  auto parsed = parse_secret_template(text);
  if (parsed.value) return std::nullopt;
  return value_problem{std::move(parsed.problem), {}, std::move(parsed.hint)};
}

// In the order of value_kind. Patterns are what JSON Schema can say of the checks: lengths count characters there.
constexpr std::string_view any_text = R"([^\u0000-\u001f\u007f]+)";
constexpr std::string_view any_name = R"([^\u0000-\u001f\u007f]{1,63})";
constexpr std::string_view kubernetes_name = R"([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)";

constexpr std::array rules{
    scalar_rule{value_kind::text, "text", any_text, true, nullptr},
    scalar_rule{value_kind::simple_name, "a name", "[A-Za-z][A-Za-z0-9_-]{0,62}", false, check_simple},
    scalar_rule{value_kind::database, "the name of a database", any_name, true, check_database},
    scalar_rule{value_kind::role, "the name of a role", any_name, true, check_role},
    scalar_rule{value_kind::schema, "the name of a schema", any_name, true, check_schema},
    scalar_rule{value_kind::extension, "the name of an extension", any_name, true, check_extension},
    scalar_rule{value_kind::table_prefix, "a table prefix: letters, digits and _, at most 40",
                "[A-Za-z_][A-Za-z0-9_]{0,39}", false, check_table_prefix},
    scalar_rule{value_kind::setting_value, "the value of a setting", R"([^\u0000-\u001f\u007f]*)", true, nullptr},
    scalar_rule{value_kind::environment_name, "the name of an environment variable", "[A-Za-z_][A-Za-z0-9_]*", false,
                check_environment_name},
    scalar_rule{value_kind::kubernetes_object, "NAMESPACE/SECRET", kubernetes_name, false, check_kubernetes_object},
    scalar_rule{value_kind::kubernetes_key, "NAMESPACE/SECRET/KEY",
                R"([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/[-._a-zA-Z0-9]+)", false,
                check_kubernetes_key},
    scalar_rule{value_kind::workload, "deployment/NAME, statefulset/NAME or daemonset/NAME, with NAMESPACE/ before it",
                R"((?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/)?(?:deployment|statefulset|daemonset)/)"
                R"([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)",
                false, check_workload},
    scalar_rule{value_kind::server_url, "a connection string", R"([^\u0000-\u001f\u007f]*)", false, check_server_url},
    scalar_rule{value_kind::broker_url, "a URL such as redis://HOST:6379 or amqp://HOST:5672",
                R"((?:rediss?|amqps?)://[^ ]+)", false, check_broker_url},
    scalar_rule{value_kind::web_url, "a URL such as http://HOST:15672", R"(https?://[^ ]+)", false, check_web_url},
    scalar_rule{value_kind::host_and_port, "HOST or HOST:PORT", R"([^ /@]+)", false, check_host_and_port},
    scalar_rule{value_kind::path, "a path", any_text, true, nullptr},
    scalar_rule{value_kind::pattern, "a path, with * and ? as wildcards", any_text, true, nullptr},
    scalar_rule{value_kind::choice, "one of its values", "", false, nullptr},
    scalar_rule{value_kind::boolean, "true or false", "", false, check_boolean},
    scalar_rule{value_kind::integer, "a whole number", "-?[0-9]+", true, nullptr},
    scalar_rule{value_kind::duration, "a duration such as 500ms, 30s, 5m or 24h",
                R"(0|[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d))", false, check_duration},
    scalar_rule{value_kind::duration_or_seconds, "a number of seconds, or a duration such as 500ms, 2s or 1m",
                R"([0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d)?)", true, check_duration_or_seconds},
    scalar_rule{value_kind::duration_or_off, "off, or a duration such as 30s or 5m",
                R"(off|[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d))", false, check_duration_or_off},
    scalar_rule{value_kind::disk_size_or_off, "off, or a size such as 500MB or 10GB",
                R"(off|[0-9]+(?:\.[0-9]+)?(?:kB|MB|GB|TB))", false, check_disk_size_or_off},
    scalar_rule{value_kind::memory_size, "a size such as 512Mi or 5Gi", R"([0-9]+(?:\.[0-9]+)?(?:[kMGT]|[KMGT]i)?)",
                true, check_memory_size},
    scalar_rule{value_kind::cpu_amount, "an amount such as 500m or 2", R"([0-9]+(?:\.[0-9]+)?m?)", true,
                check_cpu_amount},
    scalar_rule{value_kind::date, "a date such as 2030-12-31", "[0-9]{4}-[0-9]{2}-[0-9]{2}", false, check_date},
    scalar_rule{value_kind::name_template, "a template; its places are {db}, {service} and {user}",
                R"((?:[^{}\u0000-\u001f\u007f]|\{(?:db|service|user)\})+)", false, check_name_template},
    scalar_rule{value_kind::secret_text, "a part such as uri or redis.address, or a template with {{ parts }}",
                R"([a-z_]+(?:\.[a-z]+)?|[^\u0000-\u001f\u007f]*\{\{[^\u0000-\u001f\u007f]+)", false, check_secret_text},
};
static_assert(rules.size() == static_cast<std::size_t>(value_kind::record));

std::optional<value_problem> check_integer(const value_shape& shape, std::string_view text) {
  const auto number = parse_integer(text);
  if (number && *number >= shape.least && *number <= shape.most) return std::nullopt;
  return must_be(noun_of(shape));
}

std::optional<value_problem> check_choice(const value_shape& shape, std::string_view text) {
  if (std::ranges::find(shape.choices, text) != shape.choices.end()) return std::nullopt;
  auto problem = must_be(noun_of(shape));
  const auto meant = text.size() <= 64 ? nearest(text, shape.choices) : std::string_view{};
  if (!meant.empty()) problem.hint = fmt::format("Did you mean \"{}\"?", meant);
  return problem;
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool may_be_empty(value_kind kind) {
  return kind == value_kind::server_url || kind == value_kind::setting_value;
}

}  // namespace

const scalar_rule& rule_of(value_kind kind) {
  return rules.at(static_cast<std::size_t>(kind));
}

std::string noun_of(const value_shape& shape) {
  switch (shape.kind) {
    case value_kind::integer:
      return fmt::format("a whole number from {} to {}", shape.least, shape.most);
    case value_kind::choice:
      return fmt::format("one of {}", fmt::join(shape.choices, ", "));
    case value_kind::record:
      return "a mapping";
    case value_kind::dictionary:
      return "a mapping";
    case value_kind::list:
      return "a list";
    default:
      return std::string{rule_of(shape.kind).noun};
  }
}

std::optional<value_problem> check_scalar(const value_shape& shape, std::string_view text) {
  if (has_control_character(text)) return value_problem{"must not hold control characters or line breaks", {}, {}};
  if (text.empty() && !may_be_empty(shape.kind)) return value_problem{"must not be empty", {}, {}};
  if (shape.kind == value_kind::integer) return check_integer(shape, text);
  if (shape.kind == value_kind::choice) return check_choice(shape, text);
  if (shape.kind == value_kind::duration && shape.most > 0) {
    const auto time = parse_duration(text);
    if (time && time->count() > shape.most)
      return value_problem{fmt::format("must be at most {}ms", shape.most), {}, {}};
  }
  const auto check = rule_of(shape.kind).check;
  return check == nullptr ? std::nullopt : check(text);
}

std::optional<long> parse_integer(std::string_view text) {
  long number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

std::optional<double> parse_disk_size(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"kB", 1}, {"MB", 1024}, {"GB", 1024.0 * 1024}, {"TB", 1024.0 * 1024 * 1024}}};
  const auto split = split_number(text);
  if (!split) return std::nullopt;
  const auto unit = std::ranges::find(units, split->second, &decltype(units)::value_type::first);
  return unit == units.end() ? std::nullopt : std::optional{split->first * unit->second};
}

std::string to_setting(std::chrono::milliseconds time) {
  if (time == 0ms) return "0";
  if (time % 24h == 0ms) return fmt::format("{}d", time / 24h);
  if (time % 1h == 0ms) return fmt::format("{}h", time / 1h);
  if (time % 1min == 0ms) return fmt::format("{}min", time / 1min);
  if (time % 1s == 0ms) return fmt::format("{}s", time / 1s);
  return fmt::format("{}ms", time.count());
}

}  // namespace innkeeper
