#pragma once
// Part of desired.cc: the second log-ins of those that take turns.
#include "core/desired.h"

namespace innkeeper {

void add_twins(const estate& all, const log_in_pairs& pairs, desired_server& into);

}  // namespace innkeeper
