#pragma once
// Halves, in whatever files they are, until they are migrations. Pure.
#include <map>
#include <optional>
#include <string>

#include "migration/reading.h"

namespace innkeeper::migration {

class migration_list {
 public:
  explicit migration_list(reading& into) : into_{into} {}

  void add_up(version number, std::string name, script up);
  void add_down(version number, std::string name, script down);
  void add_repeatable(std::string name, script up);
  // Puts them into the result, versions ascending. A down without statements is none.
  void finish();

 private:
  struct version_halves {
    version number;  // as the up spells it
    std::string name;
    std::optional<script> up;
    std::optional<script> down;
  };
  struct by_version {
    bool operator()(const version& left, const version& right) const { return compare(left, right) < 0; }
  };

  void add_half(version number, std::string name, half which, script made);
  void refuse_twice(const std::string& what, const script& first, const script& second);
  void finish_repeatables();

  reading& into_;
  std::map<version, version_halves, by_version> versions_;
  std::map<std::string, script> repeatables_;
};

}  // namespace innkeeper::migration
