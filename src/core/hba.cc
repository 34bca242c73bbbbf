#include "core/hba.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

namespace innkeeper {
namespace {

bool opens(const observed_hba_rule& rule) {
  return rule.method != "reject" && rule.method != "scram-sha-256" && rule.method != "cert";
}

bool is_pattern(const std::string& word) {
  return word.starts_with('/');
}

bool type_covers(const std::string& one, const std::string& other) {
  if (one == other) return true;
  return one == "host" && other.starts_with("host");
}

struct network {
  std::array<unsigned char, 16> address{};
  std::array<unsigned char, 16> mask{};
  std::size_t size = 0;  // 4 or 16 bytes
};

std::optional<network> network_of(const observed_hba_rule& rule) {
  network found;
  const bool is_v6 = rule.address.find(':') != std::string::npos;
  const int family = is_v6 ? AF_INET6 : AF_INET;
  found.size = is_v6 ? 16 : 4;
  if (::inet_pton(family, rule.address.c_str(), found.address.data()) != 1) return std::nullopt;
  if (::inet_pton(family, rule.netmask.c_str(), found.mask.data()) != 1) return std::nullopt;
  return found;
}

bool contains(const network& one, const network& other) {
  if (one.size != other.size) return false;
  for (std::size_t i = 0; i < one.size; ++i) {
    if ((other.mask[i] & one.mask[i]) != one.mask[i]) return false;  // `other` is wider
    if ((one.address[i] & one.mask[i]) != (other.address[i] & one.mask[i])) return false;
  }
  return true;
}

bool address_covers(const observed_hba_rule& one, const observed_hba_rule& other) {
  if (one.type == "local") return true;
  if (one.address == "all" || (one.address == other.address && one.netmask == other.netmask)) return true;
  const auto ours = network_of(one);
  const auto theirs = network_of(other);
  return ours && theirs && contains(*ours, *theirs);
}

// The prefix length where the mask is one; else the mask itself.
std::string suffix_of(const network& net, const std::string& netmask) {
  int bits = 0;
  bool has_ended = false;
  for (const unsigned char byte : std::span{net.mask}.first(net.size)) {
    for (int bit = 7; bit >= 0; --bit) {
      const bool is_set = ((byte >> bit) & 1) != 0;
      if (is_set && has_ended) return " " + netmask;
      if (is_set) {
        ++bits;
      } else {
        has_ended = true;
      }
    }
  }
  return fmt::format("/{}", bits);
}

}  // namespace

hba_table::hba_table(const std::vector<observed_hba_rule>& rules, membership is_member)
    : rules_{rules}, is_member_{std::move(is_member)} {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!rules_[i].error.empty()) continue;
    const bool is_for_many = std::ranges::any_of(rules_[i].users, [](const std::string& user) {
      return user == "all" || user.starts_with('+') || is_pattern(user);
    });
    if (is_for_many) {
      for_many_.push_back(i);
    } else {
      for (const auto& user : rules_[i].users) by_user_[user].push_back(i);
    }
  }
}

bool hba_table::matches_user(const observed_hba_rule& rule, const role_name& role, bool opening) const {
  return std::ranges::any_of(rule.users, [&](const std::string& user) {
    if (user == "all" || user == role.value) return true;
    if (is_pattern(user)) return opening;
    return user.starts_with('+') && is_member_(role, {user.substr(1)});
  });
}

bool hba_table::matches_database(const observed_hba_rule& rule, const role_name& role, const database_name& database,
                                 bool for_replication, bool opening) const {
  return std::ranges::any_of(rule.databases, [&](const std::string& one) {
    if (for_replication) return one == "replication";
    if (one == "all" || one == database.value) return true;
    if (one == "sameuser") return role.value == database.value;
    if (one == "samerole" || one == "samegroup") return is_member_(role, {database.value});
    return is_pattern(one) && opening;
  });
}

std::vector<const observed_hba_rule*> hba_table::deciding(const role_name& role, const database_name& database,
                                                          bool for_replication) const {
  auto candidates = for_many_;
  const auto named = by_user_.find(role.value);
  if (named != by_user_.end()) {
    candidates.insert(candidates.end(), named->second.begin(), named->second.end());
    std::ranges::sort(candidates);
  }
  std::vector<const observed_hba_rule*> found;
  for (const auto index : candidates) {
    const auto& rule = rules_[index];
    const bool opening = opens(rule);
    if (!matches_user(rule, role, opening)) continue;
    if (!matches_database(rule, role, database, for_replication, opening)) continue;
    if (std::ranges::any_of(found, [&](const auto* earlier) { return covers(*earlier, rule); })) continue;
    found.push_back(&rule);
  }
  return found;
}

bool covers(const observed_hba_rule& one, const observed_hba_rule& other) {
  return type_covers(one.type, other.type) && address_covers(one, other);
}

std::string to_string(const observed_hba_rule& rule) {
  std::string address = rule.address;
  if (const auto net = network_of(rule)) address += suffix_of(*net, rule.netmask);
  return fmt::format("{} {} {} {}{}{}{}", rule.type, fmt::join(rule.databases, ","), fmt::join(rule.users, ","),
                     address, address.empty() ? "" : " ", rule.method,
                     rule.options.empty() ? "" : fmt::format(" {}", fmt::join(rule.options, " ")));
}

bool reaches_beyond_loopback(const observed_hba_rule& rule) {
  if (rule.type == "local") return false;
  static const observed_hba_rule v4{.type = "host", .address = "127.0.0.0", .netmask = "255.0.0.0"};
  static const observed_hba_rule v6{
      .type = "host", .address = "::1", .netmask = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
  return !covers(v4, rule) && !covers(v6, rule) && rule.address != "samehost";
}

}  // namespace innkeeper
