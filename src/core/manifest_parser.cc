#include "core/manifest_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include "core/display.h"
#include "core/kubernetes_use.h"
#include "core/manifest_check.h"
#include "core/manifest_names.h"
#include "core/manifest_problems.h"
#include "core/manifest_reader.h"
#include "core/yaml_tree.h"

namespace innkeeper {
namespace {

constexpr std::size_t max_include_depth = 32;
constexpr std::size_t max_files = 10'000;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// A file that was read: its tree is checked, and its includes were followed.
struct loaded_file {
  source_place place;
  yaml::node root;
};

class manifest_run {
 public:
  manifest_run(const include_resolver& includes, const environment_lookup& values)
      : includes_{includes}, values_{values} {}

  manifest_result run(const manifest_source& root) {
    load(root, false);
    estate_draft draft;
    draft.value.directory = root.directory;
    manifest_reader reader{draft, problems_, values_};
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (i == 0) {
        reader.read_root(files_[i].root, files_[i].place);
      } else {
        reader.read_included(files_[i].root, files_[i].place);
      }
    }
    for (const auto& one : files_) collect_kubernetes_uses(one.root, one.place.file, draft.value.kubernetes_uses);
    draft.value.unmanaged = std::move(unmanaged_);
    estate value = complete_estate(std::move(draft), problems_);
    return {std::move(value), problems_.take()};
  }

 private:
  static const std::string& identity_of(const manifest_source& source) {
    return source.identity.empty() ? source.file : source.identity;
  }

  void load(const manifest_source& source, bool is_included) {
    std::string text = source.text;
    if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
    const source_text& kept = problems_.add_source(source.file, std::move(text));
    seen_.insert(identity_of(source));
    loaded_file& file = files_.emplace_back(loaded_file{{source.file, source.directory}, {}});
    yaml::document document = yaml::read(kept);
    for (auto& one : document.problems) {
      problems_.error({source.file, one.where.line, one.where.column}, std::move(one.message), std::move(one.hint),
                      std::move(one.detail));
    }
    const bool is_empty = !document.root && document.problems.empty();
    if (!document.root && !is_empty) return;
    if (document.root) file.root = std::move(*document.root);
    if (file.root.where.line == 0) file.root.where = {1, 1};
    manifest_checker{file.place.file, kept, values_, problems_, unmanaged_}.check(file.root, is_included);
    follow_includes(source, file.root);
  }

  void follow_includes(const manifest_source& source, const yaml::node& root) {
    const yaml::node* include = root.usable ? yaml::find(root, "include") : nullptr;
    if (include == nullptr || !include->usable) return;
    path_.push_back(identity_of(source));
    if (include->kind == yaml::node_kind::scalar) follow(source, *include);
    for (const auto& pattern : include->items) {
      if (pattern.usable) follow(source, pattern);
    }
    path_.pop_back();
  }

  void follow(const manifest_source& source, const yaml::node& pattern) {
    const location where{source.file, pattern.where.line, pattern.where.column};
    if (path_.size() > max_include_depth) {
      return problems_.error(where,
                             fmt::format("files include each other more than {} levels deep", max_include_depth));
    }
    included_sources found = includes_(pattern.text, source.directory);
    if (!found.problem.empty()) {
      return problems_.error(where, std::move(found.problem),
                             "Paths in include: begin at the folder of the file that holds it.");
    }
    for (auto& one : found.sources) include(one, where);
  }

  void include(const manifest_source& source, const location& where) {
    const std::string& identity = identity_of(source);
    if (std::ranges::find(path_, identity) != path_.end()) {
      return problems_.error(where, fmt::format("file {} includes itself", quoted_for_display(source.file)),
                             "Leave it out of include:, or narrow the pattern.");
    }
    if (seen_.contains(identity)) {
      return problems_.error(where, fmt::format("file {} is included twice", quoted_for_display(source.file)),
                             "Name it in one include: only.");
    }
    if (files_.size() >= max_files) {
      return problems_.error(where, fmt::format("more than {} files are included", max_files));
    }
    load(source, true);
  }

  const include_resolver& includes_;
  const environment_lookup& values_;
  manifest_problems problems_;
  std::vector<unmanaged_key> unmanaged_;
  std::deque<loaded_file> files_;  // the root first; addresses stay
  std::vector<std::string> path_;  // from the root to the file whose includes are being followed
  std::set<std::string> seen_;
};

}  // namespace

manifest_result parse_manifest(const manifest_source& root, const include_resolver& includes,
                               const environment_lookup& values) {
  return manifest_run{includes, values}.run(root);
}

}  // namespace innkeeper
