#include "cli/verify_page.h"

#include <fmt/chrono.h>

#include <chrono>
#include <fstream>

#include "cli/failure.h"
#include "core/proof_html.h"
#include "exec/private_file.h"

namespace innkeeper::cli {

std::string page_of(const opened_estate& opened, const estate_proof& proof) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  page_facts facts{.estate = opened.all.name,
                   .time = fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(now)),
                   .program = "innkeeper " INNKEEPER_VERSION};
  if (!proof.failures.empty()) facts.problem = proof.failures.front().problems.front().message;
  return proof_page(facts, proof.reports);
}

void write_page(const std::filesystem::path& file, const std::string& page) {
  std::error_code none;
  const auto kind = std::filesystem::status(file, none).type();
  if (kind == std::filesystem::file_type::not_found || kind == std::filesystem::file_type::regular) {
    exec::write_private_file(file, page);
    return;
  }
  std::ofstream stream{file, std::ios::binary};
  stream << page << std::flush;
  if (!stream) throw refused{exit_code::failed, fmt::format("could not write the page to \"{}\"", file.string())};
}

}  // namespace innkeeper::cli
