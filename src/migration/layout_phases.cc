#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "migration/file_name.h"
#include "migration/layouts.h"
#include "migration/lines.h"
#include "migration/requirements.h"

namespace innkeeper::migration {
namespace {

constexpr std::array<std::pair<phase, std::string_view>, 9> phase_names{{
    {phase::extensions, "extensions"},
    {phase::types, "types"},
    {phase::tables, "tables"},
    {phase::indexes, "indexes"},
    {phase::constraints, "constraints"},
    {phase::functions, "functions"},
    {phase::triggers, "triggers"},
    {phase::seed, "seed"},
    {phase::verify, "verify"},
}};
constexpr std::string_view extensions_file = "extensions";

// The phase whose folder the file lies in, at any depth; `extensions` is a file and no folder.
std::optional<phase> phase_of(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto found = std::ranges::find(phase_names, name.substr(0, slash), &decltype(phase_names)::value_type::second);
  if (found == phase_names.end() || found->first == phase::extensions) return std::nullopt;
  return found->first;
}

std::string_view without_remark(std::string_view line) {
  return trim(line.substr(0, std::min(line.find('#'), line.find("--"))));
}

class extensions_reader {
 public:
  extensions_reader(const source_file& file, reading& into) : file_{file}, into_{into} {}

  void read() {
    line_reader lines{file_.text};
    while (const auto line = lines.next()) {
      auto rest = without_remark(line->text);
      if (!rest.empty()) read_line(line->number, static_cast<int>(line->text.find(rest)) + 1, rest);
    }
  }

 private:
  void read_line(int number, int column, std::string_view rest) {
    extension_line line{.where = {into_.path(file_), number, column}};
    line.name = take_word(rest);
    line.version = take_word(rest);
    if (!rest.empty()) {
      into_.error(line.where, "a line of extensions is a name and, where one is asked for, a version");
    }
    const auto [first, is_new] = lines_.try_emplace(line.name, number);
    if (!is_new) {
      into_.error(line.where, fmt::format("extension \"{}\" is there twice", line.name), {},
                  fmt::format("first on line {}", first->second));
      return;
    }
    into_.result.extensions.push_back(std::move(line));
  }

  const source_file& file_;
  reading& into_;
  std::map<std::string, int> lines_;
};

void order_phase(phase one, std::vector<script> scripts, reading& into) {
  const auto ran_before = [&](std::string_view name) {
    return std::ranges::any_of(into.result.phases,
                               [&](const phase_file& done) { return done.in < one && done.content.file == name; });
  };
  order_by_requirements(into, scripts, std::string{to_string(one)} + "/", ran_before);
  for (auto& made : scripts) into.result.phases.push_back({one, std::move(made)});
}

}  // namespace

std::string_view to_string(phase one) {
  return phase_names.at(static_cast<std::size_t>(one)).second;
}

bool is_phase_file(std::string_view name) {
  return name == extensions_file || phase_of(name).has_value();
}

files_view read_phases(const files_view& files, reading& into) {
  std::map<phase, std::vector<script>> phases;
  files_view others;
  for (const auto* file : files) {
    if (file->name == extensions_file) {
      extensions_reader{*file, into}.read();
    } else if (const auto in = phase_of(file->name); !in) {
      others.push_back(file);
    } else if (file->name.ends_with(".sql")) {
      phases[*in].push_back(into.make_script(*file));
    } else {
      into.leave_out(*file);
    }
  }
  for (auto& [one, scripts] : phases) order_phase(one, std::move(scripts), into);
  return others;
}

}  // namespace innkeeper::migration
