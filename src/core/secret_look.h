#pragma once
// Does a text that everybody may read look like a password, token, key or connection string with one? Errs on the side
// of yes for names that say so, and of no for values that could be anything. Pure.
#include <string_view>

namespace innkeeper {

// Of a setting: by its name, where that is an application's own (with a dot) or says that it is a secret, and by its
// value.
[[nodiscard]] bool setting_looks_secret(std::string_view name, std::string_view value);
[[nodiscard]] bool value_looks_secret(std::string_view text);

}  // namespace innkeeper
