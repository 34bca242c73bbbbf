#include "migration/migration_list.h"

#include <fmt/format.h>

#include "migration/requirements.h"

namespace innkeeper::migration {

void migration_list::add_up(version number, std::string name, script up) {
  add_half(std::move(number), std::move(name), half::up, std::move(up));
}

void migration_list::add_down(version number, std::string name, script down) {
  add_half(std::move(number), std::move(name), half::down, std::move(down));
}

void migration_list::add_half(version number, std::string name, half which, script made) {
  auto& halves = versions_[number];
  auto& slot = which == half::up ? halves.up : halves.down;
  if (slot) return refuse_twice(fmt::format("version {}", number.text), *slot, made);
  if (which == half::up || halves.name.empty()) {
    halves.name = std::move(name);
    halves.number = std::move(number);
  }
  slot = std::move(made);
}

void migration_list::add_repeatable(std::string name, script up) {
  const auto [known, is_new] = repeatables_.try_emplace(name, up);
  if (!is_new) refuse_twice(fmt::format("the repeatable migration \"{}\"", name), known->second, up);
}

void migration_list::refuse_twice(const std::string& what, const script& first, const script& second) {
  into_.error(into_.place({.name = second.file}), fmt::format("{} is there twice", what),
              "Give one of them a name of its own.", fmt::format("the other is {}", into_.path({.name = first.file})));
}

void migration_list::finish() {
  for (auto& [key, halves] : versions_) {
    if (!halves.up) {
      into_.error(into_.place({.name = halves.down->file}),
                  fmt::format("version {} is reverted here, and no file makes it", halves.number.text));
      continue;
    }
    for (const auto& where : into_.requires_of(*halves.up)) {
      into_.error(where, "a versioned migration requires nothing but the versions before it",
                  "Give it a version behind those that it needs.");
    }
    if (halves.down && halves.down->statements.empty()) halves.down.reset();
    into_.result.migrations.push_back({.number = std::move(halves.number),
                                       .name = std::move(halves.name),
                                       .up = std::move(*halves.up),
                                       .down = std::move(halves.down)});
  }
  finish_repeatables();
}

void migration_list::finish_repeatables() {
  std::map<std::string, std::string> names;  // by file
  std::vector<script> scripts;
  std::string folder;
  for (auto& [name, up] : repeatables_) {
    names[up.file] = name;
    folder = up.file.substr(0, up.file.rfind('/') + 1);
    scripts.push_back(std::move(up));
  }
  order_by_requirements(into_, scripts, folder, [](std::string_view) { return false; });
  for (auto& up : scripts) {
    auto name = std::move(names[up.file]);
    into_.result.migrations.push_back({.name = std::move(name), .up = std::move(up), .is_repeatable = true});
  }
}

}  // namespace innkeeper::migration
