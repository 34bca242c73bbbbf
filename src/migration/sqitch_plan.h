#pragma once
// sqitch.plan: the changes in their order, with what they need. Pure. https://sqitch.org/docs/manual/sqitch-plan/
#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.h"

namespace innkeeper::migration {

struct sqitch_change {
  std::string name;
  int line = 0;
  int instance = 1;  // 2 for the first reworking of the name
  // Where it is reworked later, the tags in between: its scripts are named after one of them then, change@tag.sql.
  std::vector<std::string> rework_tags;
};

struct sqitch_plan {
  std::string project;
  std::vector<sqitch_change> changes;
  diagnostics problems;
};

[[nodiscard]] sqitch_plan read_sqitch_plan(std::string_view text, const std::string& file);

}  // namespace innkeeper::migration
