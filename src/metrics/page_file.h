#pragma once
// A page of metrics as a file, for node_exporter's textfile collector or whoever serves it: replaced as a whole (0644),
// so that a reader sees the old one or the new one.
#include <filesystem>
#include <functional>

#include "metrics/page.h"

namespace innkeeper::metrics {

// Says why a page can't be kept there; "" where it can. Changes nothing.
[[nodiscard]] std::string problem_with_page_file(const std::filesystem::path& file);

// Goes on from what the file holds; `fill` is told of it. Several that do this at once wait for each other, for a
// second at most. Throws exec::error (1).
void update_page_file(const std::filesystem::path& file, const std::function<page(const page& before)>& fill);

}  // namespace innkeeper::metrics
