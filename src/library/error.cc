#include "innkeeper/error.h"

namespace innkeeper {

error::error(failure facts)
    : std::runtime_error{facts.message + " [" + facts.sqlstate + "]"},
      facts_{std::make_shared<const failure>(std::move(facts))} {}

}  // namespace innkeeper
