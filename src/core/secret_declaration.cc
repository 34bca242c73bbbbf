#include "core/secret_declaration.h"

namespace innkeeper {

std::string name_of(const secret_sink& one) {
  switch (one.kind) {
    case place_kind::kubernetes:
      return "kubernetes " + one.shown;
    case place_kind::file:
      return "file " + one.shown;
    case place_kind::directory:
      return "directory " + one.shown;
  }
  return one.shown;
}

}  // namespace innkeeper
