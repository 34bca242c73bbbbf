#include "core/probe_places.h"

namespace innkeeper::probe_rows {

place::place(const proof_facts& facts, const observed_database& found)
    : facts_{facts}, found_{found}, declared_{facts.declared_database(found.name)} {
  if (declared_ != nullptr && declared_->is_registry) declared_ = nullptr;
  if (declared_ == nullptr) return;
  for (const auto& one : declared_->object_grants) {
    by_owner_.emplace(one.owner, &one);
    by_schema_.emplace(one.schema, &one);
  }
  for (const auto& one : declared_->schemas) schemas_.emplace(one.name, &one);
}

finding place::about(const schema_name& schema) const {
  finding one{.database = found_.name};
  if (declared_ == nullptr) return one;
  one.service = declared_->from.service;
  one.where = declared_->from.where;
  const auto known = schemas_.find(schema);
  if (known != schemas_.end() && !known->second->from.service.empty()) {
    one.service = known->second->from.service;
    one.where = known->second->from.where;
  }
  return one;
}

role_name place::owner_for(const schema_name& schema) const {
  const auto known = by_schema_.find(schema);
  if (known != by_schema_.end()) return known->second->owner;
  if (declared_ == nullptr || declared_->object_grants.empty()) return facts_.observed().can.admin;
  return declared_->object_grants.front().owner;
}

bool place::is_at_home(const log_in_facts& one) const {
  return std::ranges::any_of(by_owner_, [&](const auto& entry) {
    const auto& grants = *entry.second;
    return one.declared.contains(grants.owner) || one.declared.contains(grants.rw) || one.declared.contains(grants.ro);
  });
}

bool place::is_meant_for(const log_in_facts& one, const granted_objects& group) const {
  if (declared_ == nullptr) return false;
  if (one.declared.contains(group.owner)) return true;
  // What belongs to no service, an extension's schema that somebody moved: whoever is at home was given it.
  const bool is_of_a_service = facts_.is_declared_role(group.owner) || declares(group.schema);
  if (!is_of_a_service) return is_at_home(one);
  const auto is_one_of = [&](const auto& range) {
    return std::any_of(range.first, range.second, [&](const auto& entry) {
      const auto& grants = *entry.second;
      return one.declared.contains(grants.owner) || one.declared.contains(grants.rw) ||
             one.declared.contains(grants.ro);
    });
  };
  return is_one_of(by_owner_.equal_range(group.owner)) || is_one_of(by_schema_.equal_range(group.schema));
}

std::vector<const log_in_facts*> place::strangers(const granted_objects& group, const role_name& role) const {
  std::vector<const log_in_facts*> found;
  for (const auto* one : facts_.who_reaches(role)) {
    if (facts_.is_declared_role(role) && !one->declared.contains(role)) continue;
    if (is_meant_for(*one, group) || facts_.is_superuser(*one)) continue;
    if (declared_ == nullptr && !facts_.can_enter(*one, found_)) continue;
    found.push_back(one);
  }
  return found;
}

std::vector<const log_in_facts*> place::outsiders(const role_name& role) const {
  std::vector<const log_in_facts*> found;
  for (const auto* one : facts_.who_reaches(role)) {
    if (facts_.is_declared_role(role) && !one->declared.contains(role)) continue;
    if (!is_at_home(*one) && !facts_.is_superuser(*one)) found.push_back(one);
  }
  return found;
}

const log_in_facts* place::anyone_as(const role_name& role) const {
  if (!role.empty()) {
    for (const auto* one : facts_.who_reaches(role)) {
      if (!facts_.is_superuser(*one) && facts_.can_enter(*one, found_)) return one;
    }
    return nullptr;
  }
  if (declared_ == nullptr) {
    const auto& all = facts_.log_ins();
    const auto who = std::ranges::find_if(
        all, [&](const log_in_facts& one) { return !facts_.is_superuser(one) && facts_.can_enter(one, found_); });
    return who == all.end() ? nullptr : &*who;
  }
  const auto& able = facts_.who_reaches(declared_->access);
  return able.empty() ? nullptr : able.front();
}

}  // namespace innkeeper::probe_rows
