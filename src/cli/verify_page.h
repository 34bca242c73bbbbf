#pragma once
// verify --html: the proof as a page.
#include <filesystem>
#include <string>

#include "cli/opened_estate.h"
#include "cli/verify.h"

namespace innkeeper::cli {

[[nodiscard]] std::string page_of(const opened_estate& opened, const estate_proof& proof);

// A file is replaced in one go and is for its owner alone, since it says what is open; a device or pipe is written to.
void write_page(const std::filesystem::path& file, const std::string& page);

}  // namespace innkeeper::cli
