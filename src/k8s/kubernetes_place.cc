#include "k8s/kubernetes_place.h"

#include <fmt/format.h>

#include "exec/error.h"
#include "exec/random.h"
#include "k8s/secret_object.h"

namespace innkeeper::k8s {
namespace {

constexpr int not_found = 404;
constexpr int conflict = 409;

class secret_in_kubernetes : public exec::secret_place {
 public:
  secret_in_kubernetes(api_client& api, kubernetes_place_settings settings)
      : api_{api}, settings_{std::move(settings)} {}

  [[nodiscard]] exec::place_entry read() const override {
    exec::place_entry entry;
    try {
      const auto there = fetch(purpose("read", false));
      if (there.version.empty()) return entry;
      entry.state = exec::stored_state::present;
      entry.content = content_of(there);
      entry.kept_by = there.kept_by;
    } catch (const exec::error& failed) {
      entry.state = exec::stored_state::unreadable;
      entry.problem = whole_text(failed);
    }
    return entry;
  }

  [[nodiscard]] bool write(const std::map<std::string, secret>& keys, std::string_view owner,
                           std::string_view version) override {
    if (settings_.options.is_external)
      throw exec::error{exit_code::our_bug, fmt::format("{} is managed by others, and was to be written", name())};
    const secret_wish wish{keys, std::string{owner}, settings_.options.type};
    auto there = fetch(purpose("write", true));
    if (there.version != version) return false;
    if (is_fulfilled(there, wish) && !there.was_just_made) return true;
    refuse_where_kept(there);
    // A run that was killed between the two.
    if (there.was_just_made) {
      auto named = take_name(there);
      if (!named) return false;
      there = std::move(*named);
    }
    if (is_fulfilled(there, wish)) return true;
    auto written = apply(there, wish);
    if (!written) return false;
    if (written->was_just_made) (void)take_name(*written);
    if (written->data.empty()) remove_if_ours(*written);
    return true;
  }

  [[nodiscard]] std::string name() const override {
    return fmt::format("kubernetes {}", to_string(settings_.secret_name));
  }

 private:
  [[nodiscard]] request_purpose purpose(std::string_view verb, bool is_written) const {
    const auto& named = settings_.secret_name;
    return {.doing = fmt::format("{} Kubernetes Secret {}", verb, to_string(named)),
            .name_space = named.name_space,
            .needed = {.secrets = {{named, is_written}}},
            .credentials = api_.settings().from};
  }

  [[nodiscard]] std::string path() const {
    return fmt::format("/api/v1/namespaces/{}/secrets/{}", settings_.secret_name.name_space,
                       settings_.secret_name.name);
  }

  // An empty one where there is none.
  [[nodiscard]] secret_object fetch(const request_purpose& why) const {
    const auto answer = api_.ask({.path = path()}, why);
    if (answer.status == not_found) return {};
    if (!answer.is_good()) throw explain({answer.status, answer.body}, why);
    return parse_secret(answer.body);
  }

  void refuse_where_kept(const secret_object& there) const {
    if (there.kept_by.empty()) return;
    throw exec::error{
        exit_code::failed,
        fmt::format("{} is kept by {}, which would undo what is written there", name(), there.kept_by),
        {},
        "Say `managed_by: external` for it, so that it is read and verified only, or name another Secret."};
  }

  // What stands there now; nothing where another hand was faster.
  [[nodiscard]] std::optional<secret_object> apply(const secret_object& there, const secret_wish& wish) {
    const auto why = purpose("write", true);
    const std::string manager{there.version.empty() ? fmt::format("{}{}", creating_manager, random_name())
                                                    : std::string{field_manager}};
    // Which keys are ours to write was judged at exactly this version. One that nobody has seen yet is never forced.
    const auto* force = there.version.empty() ? "" : "&force=true";
    const auto answer = api_.ask({.method = "PATCH",
                                  .path = fmt::format("{}?fieldManager={}{}", path(), manager, force),
                                  .content_type = "application/apply-patch+yaml",
                                  .body = apply_body(settings_.secret_name, there, wish)},
                                 why);
    if (answer.is_good()) return parse_secret(answer.body);
    if (answer.status != conflict) throw explain({answer.status, answer.body}, why);
    // It may be our own first attempt that was faster, when its answer was lost.
    if (answer.was_repeated) {
      if (auto now = fetch(why); !now.version.empty() && is_fulfilled(now, wish)) return now;
    }
    return std::nullopt;
  }

  // As it is under its new manager; nothing where another hand was faster. Nothing of ours is lost by that: the next
  // write tries it again.
  [[nodiscard]] std::optional<secret_object> take_name(const secret_object& there) {
    const auto why = purpose("write", true);
    const nlohmann::json patch{
        {{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", renamed_managers(there)}},
        {{"op", "replace"}, {"path", "/metadata/resourceVersion"}, {"value", there.version}}};
    const auto answer = api_.ask({.method = "PATCH",
                                  .path = fmt::format("{}?fieldManager={}", path(), field_manager),
                                  .content_type = "application/json-patch+json",
                                  .body = secret{patch.dump()}},
                                 why);
    if (answer.is_good()) return parse_secret(answer.body);
    if (answer.status == conflict || answer.status == not_found) return std::nullopt;
    throw explain({answer.status, answer.body}, why);
  }

  // Without the right to delete, which takes more than all else, it stays and is empty.
  void remove_if_ours(const secret_object& there) {
    if (!there.is_made_by_us()) return;
    const nlohmann::json options{{"preconditions", {{"uid", there.uid}, {"resourceVersion", there.version}}}};
    (void)api_.ask(
        {.method = "DELETE", .path = path(), .content_type = "application/json", .body = secret{options.dump()}},
        purpose("remove", true));
  }

  [[nodiscard]] std::string random_name() const {
    return settings_.random_name ? settings_.random_name() : exec::random_name();
  }

  api_client& api_;
  const kubernetes_place_settings settings_;
};

}  // namespace

std::unique_ptr<exec::secret_place> kubernetes_place(api_client& api, kubernetes_place_settings settings) {
  return std::make_unique<secret_in_kubernetes>(api, std::move(settings));
}

}  // namespace innkeeper::k8s
