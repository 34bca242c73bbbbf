#include "core/manifest_shapes.h"

#include <memory>
#include <utility>

namespace innkeeper::shapes {

const value_shape* scalar(value_kind kind) {
  static const std::vector<value_shape> all = [] {
    std::vector<value_shape> shapes(static_cast<std::size_t>(value_kind::record));
    for (std::size_t i = 0; i < shapes.size(); ++i) shapes[i].kind = static_cast<value_kind>(i);
    return shapes;
  }();
  return &all[static_cast<std::size_t>(kind)];
}

const value_shape* keep(value_shape shape) {
  static std::vector<std::unique_ptr<value_shape>> kept;
  return kept.emplace_back(std::make_unique<value_shape>(std::move(shape))).get();
}

const value_shape* integer(long least, long most) {
  return keep({.kind = value_kind::integer, .least = least, .most = most});
}

const value_shape* choice(std::vector<std::string_view> choices) {
  return keep({.kind = value_kind::choice, .choices = std::move(choices)});
}

const value_shape* record(const key_table& keys) {
  return keep({.kind = value_kind::record, .keys = &keys});
}

const value_shape* record_or(const value_shape* short_form, const key_table& keys) {
  return keep({.kind = value_kind::record, .keys = &keys, .short_form = short_form});
}

const value_shape* list_of(const value_shape* item) {
  return keep({.kind = value_kind::list, .item = item});
}

const value_shape* one_or_list_of(const value_shape* item) {
  return keep({.kind = value_kind::list, .item = item, .may_be_single = true});
}

const value_shape* named(const value_shape* item, value_kind entry_name) {
  return keep({.kind = value_kind::dictionary, .item = item, .entry_name = entry_name});
}

}  // namespace innkeeper::shapes
