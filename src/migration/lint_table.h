#pragma once
// The table of rules, in its parts.
#include <vector>

#include "migration/lint.h"

namespace innkeeper::migration {

[[nodiscard]] std::vector<lint_rule> index_rules();
[[nodiscard]] std::vector<lint_rule> constraint_rules();
[[nodiscard]] std::vector<lint_rule> column_rules();
[[nodiscard]] std::vector<lint_rule> drop_rules();
[[nodiscard]] std::vector<lint_rule> lock_rules();
[[nodiscard]] std::vector<lint_rule> data_rules();
[[nodiscard]] std::vector<lint_rule> file_rules();
[[nodiscard]] std::vector<lint_rule> style_rules();

}  // namespace innkeeper::migration
