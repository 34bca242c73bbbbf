#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/digest.h"
#include "exec/directory_lock.h"
#include "exec/error.h"
#include "exec/private_file.h"
#include "exec/secret_places.h"

namespace innkeeper::exec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes_of_key_file = 1 << 20;
constexpr std::string_view marks_file = ".innkeeper";

std::vector<place_mark> marks_of(std::string_view text) {
  std::vector<place_mark> marks;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (auto mark = parse_place_mark(text.substr(0, end))) marks.push_back(std::move(*mark));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return marks;
}

// A key that changes hands leaves its former owner's mark.
std::string with_mark(std::vector<place_mark> marks, const place_mark& own) {
  std::string text;
  for (auto& mark : marks) {
    if (mark.owner == own.owner) continue;
    std::erase_if(mark.fingerprints, [&](const auto& one) { return own.fingerprints.contains(one.first); });
    if (!mark.fingerprints.empty()) text += print_place_mark(mark) + "\n";
  }
  if (!own.fingerprints.empty()) text += print_place_mark(own) + "\n";
  return text;
}

class key_directory final : public secret_place {
 public:
  key_directory(fs::path directory, std::string shown) : directory_{std::move(directory)}, shown_{std::move(shown)} {}

  [[nodiscard]] place_entry read() const override { return look().entry; }

  [[nodiscard]] bool write(const std::map<std::string, secret>& keys, std::string_view owner,
                           std::string_view version) override {
    std::error_code ignored;
    if (!fs::exists(directory_, ignored)) {
      if (!version.empty()) return false;
      if (keys.empty()) return true;
      ensure_private_directory(directory_.lexically_normal().parent_path());
    }
    // One that appears between look and making it is noticed by its version.
    if (version.empty() && ::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST) fail("create", directory_);
    ensure_private_directory(directory_);
    const directory_lock lock{directory_};
    const auto before = look();
    if (before.entry.state == stored_state::unreadable)
      throw error{exit_code::failed, fmt::format("could not write {}", name()), before.entry.problem};
    if (before.entry.content.version != version && !(version.empty() && before.is_empty())) return false;
    auto own = mark_for(owner, keys);
    for (const auto& mark : marks_of(before.marks)) {
      if (mark.owner == own.owner) keep_altered(mark, before, own);
    }
    put(keys, own, before);
    return true;
  }

  [[nodiscard]] std::string name() const override { return "directory " + shown_; }

 private:
  struct look_inside {
    place_entry entry;
    std::map<std::string, bool> others_may_read;
    std::string marks;

    [[nodiscard]] bool is_empty() const { return entry.content.keys.empty() && marks.empty(); }
  };

  static look_inside unreadable(std::string problem) {
    return {.entry = {.state = stored_state::unreadable, .content = {}, .problem = std::move(problem)}};
  }

  [[nodiscard]] look_inside look() const {
    std::error_code failure;
    fs::directory_iterator entry{directory_, failure};
    if (failure == std::errc::no_such_file_or_directory) return {};
    if (failure) return unreadable(fmt::format("\"{}\" could not be read: {}", directory_.string(), failure.message()));
    look_inside found;
    found.entry.state = stored_state::present;
    for (; entry != fs::directory_iterator{}; entry.increment(failure)) {
      const std::string key = entry->path().filename().string();
      std::error_code not_a_file;
      if (key.starts_with('.') || !entry->is_regular_file(not_a_file)) continue;
      auto content = read_small_file(entry->path(), most_bytes_of_key_file);
      if (content.state == stored_state::unreadable) return unreadable(content.problem);
      if (content.state == stored_state::absent) continue;
      found.entry.content.keys[key] = {.value = std::move(content.text)};
      found.others_may_read[key] = content.others_may_read;
    }
    if (failure) return unreadable(fmt::format("\"{}\" could not be read: {}", directory_.string(), failure.message()));
    auto marks = read_small_file(directory_ / marks_file, most_bytes_of_key_file);
    if (marks.state == stored_state::unreadable) return unreadable(marks.problem);
    found.marks = marks.text.expose();
    for (const auto& mark : marks_of(found.marks)) claim(found.entry.content.keys, mark);
    for (const auto& [key, value] : found.entry.content.keys) {
      if (!value.owner.empty() && found.others_may_read[key]) return unreadable(others_may_read_it(directory_ / key));
    }
    found.entry.content.version = version_of(found);
    return found;
  }

  static std::string version_of(const look_inside& found) {
    std::string whole = fmt::format("{}\n{}", found.marks.size(), found.marks);
    for (const auto& [key, value] : found.entry.content.keys) {
      whole += fmt::format("{}\n{} {}\n", key, value.value.expose().size(), sha256_hex(value.value.expose()));
    }
    return sha256_hex(whole);
  }

  // First a mark that fits what is there and what will be: whatever a cut leaves, the next run knows it for its own.
  void put(const std::map<std::string, secret>& keys, const place_mark& own, const look_inside& before) const {
    const auto old_marks = marks_of(before.marks);
    const auto both = mark_of_both(keys, own, before);
    write_marks(with_mark(old_marks, both), before.marks);
    for (const auto& [key, value] : keys) {
      const auto old = before.entry.content.keys.find(key);
      const bool is_right =
          old != before.entry.content.keys.end() && old->second.value == value && !before.others_may_read.at(key);
      if (!is_right) write_private_file(directory_ / key, value.expose(), durability::durable, unix_owner::as_before);
    }
    for (const auto& [key, fingerprint] : both.fingerprints) {
      if (!own.fingerprints.contains(key) && before.entry.content.keys.contains(key)) remove(directory_ / key);
    }
    write_marks(with_mark(old_marks, own), with_mark(old_marks, both));
    sync_directory(directory_);
    if (!keys.empty()) return;
    std::error_code not_empty;
    fs::remove(directory_, not_empty);
  }

  // What another hand altered is not ours to remove, and stays known as altered.
  static void keep_altered(const place_mark& old, const look_inside& before, place_mark& own) {
    for (const auto& [key, fingerprint] : old.fingerprints) {
      const auto found = before.entry.content.keys.find(key);
      if (found != before.entry.content.keys.end() && found->second.is_altered)
        own.fingerprints.emplace(key, fingerprint);
    }
  }

  static place_mark mark_of_both(const std::map<std::string, secret>& keys, const place_mark& own,
                                 const look_inside& before) {
    place_mark both = own;
    for (const auto& [key, value] : before.entry.content.keys) {
      if (value.owner != own.owner && !own.fingerprints.contains(key)) continue;
      if (value.owner == own.owner && value.is_altered && !keys.contains(key)) continue;
      auto& fingerprint = both.fingerprints[key];
      if (const auto old = placed_fingerprint(key, value.value); fingerprint != old)
        fingerprint = fingerprint.empty() ? old : old + "," + fingerprint;
    }
    return both;
  }

  void write_marks(const std::string& after, const std::string& before) const {
    if (after == before) return;
    if (after.empty()) {
      remove(directory_ / marks_file);
    } else {
      write_private_file(directory_ / marks_file, after);
    }
  }

  static void remove(const fs::path& file) {
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) fail("remove", file);
  }

  [[noreturn]] static void fail(std::string_view what, const fs::path& path) {
    throw error{exit_code::failed, fmt::format("could not {} \"{}\"", what, path.string()),
                std::generic_category().message(errno)};
  }

  fs::path directory_;
  std::string shown_;
};

}  // namespace

std::unique_ptr<secret_place> directory_place(fs::path directory, std::string shown) {
  return std::make_unique<key_directory>(std::move(directory), std::move(shown));
}

}  // namespace innkeeper::exec
