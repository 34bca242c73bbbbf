#include "migration/requirements.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "core/text.h"

namespace innkeeper::migration {
namespace {

// Depth first, in the order of names: a script is placed as soon as all that it requires is.
class requirement_order {
 public:
  requirement_order(reading& into, std::vector<script>& scripts, const std::string& folder,
                    const std::function<bool(std::string_view)>& ran_before)
      : into_{into}, scripts_{scripts}, folder_{folder}, ran_before_{ran_before} {
    for (std::size_t i = 0; i < scripts.size(); ++i) by_file_[scripts[i].file] = i;
  }

  void sort() {
    states_.assign(scripts_.size(), state::waiting);
    for (std::size_t i = 0; i < scripts_.size(); ++i) visit(i);
    std::vector<script> sorted;
    for (const std::size_t i : order_) sorted.push_back(std::move(scripts_[i]));
    scripts_ = std::move(sorted);
  }

 private:
  enum class state { waiting, open, placed };

  void visit(std::size_t one) {
    if (states_[one] == state::placed) return;
    states_[one] = state::open;
    path_.push_back(one);
    const auto places = into_.requires_of(scripts_[one]);
    const auto& names = scripts_[one].says.requires_files;
    for (std::size_t i = 0; i < names.size(); ++i) require(names[i], i < places.size() ? places[i] : location{});
    path_.pop_back();
    states_[one] = state::placed;
    order_.push_back(one);
  }

  void require(const std::string& name, const location& where) {
    const auto found = find(name);
    if (!found) {
      if (!ran_before_(name)) refuse_unknown(name, where);
    } else if (states_[*found] == state::open) {
      refuse_cycle(*found, where);
    } else {
      visit(*found);
    }
  }

  [[nodiscard]] std::optional<std::size_t> find(const std::string& name) const {
    for (const auto& candidate : {folder_ + name, name}) {
      if (const auto found = by_file_.find(candidate); found != by_file_.end()) return found->second;
    }
    return std::nullopt;
  }

  void refuse_unknown(const std::string& name, const location& where) {
    std::vector<std::string_view> names;
    for (const auto& one : scripts_) {
      const std::string_view file = one.file;
      names.push_back(file.starts_with(folder_) ? file.substr(folder_.size()) : file);
    }
    const auto meant = nearest(name, names);
    into_.error(where, fmt::format("\"{}\" is no file that runs before this one", name),
                meant.empty() ? "Name a file of the same folder, or one of an earlier phase as \"types/status.sql\"."
                              : fmt::format("Did you mean \"{}\"?", meant));
  }

  void refuse_cycle(std::size_t first, const location& where) {
    std::string cycle;
    for (auto at = std::ranges::find(path_, first); at != path_.end(); ++at) cycle += scripts_[*at].file + " requires ";
    into_.error(where, "files require each other", {}, cycle + scripts_[first].file);
  }

  reading& into_;
  std::vector<script>& scripts_;
  const std::string& folder_;
  const std::function<bool(std::string_view)>& ran_before_;
  std::map<std::string, std::size_t> by_file_;
  std::vector<state> states_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> order_;
};

}  // namespace

void order_by_requirements(reading& into, std::vector<script>& scripts, const std::string& folder,
                           const std::function<bool(std::string_view name)>& ran_before) {
  requirement_order{into, scripts, folder, ran_before}.sort();
}

}  // namespace innkeeper::migration
