#include "cli/commands.h"
#include "cli/console.h"
#include "core/manifest_schema.h"
#include "embedded/help_pages.h"

namespace innkeeper::cli {
namespace {

exit_code run(const arguments&, console& out) {
  out.print_raw(manifest_json_schema());
  return exit_code::ok;
}

}  // namespace

command schema_manifest_command() {
  return {.name = "schema manifest",
          .summary = "the manifest's JSON Schema, for editors and checks",
          .page = help_pages::schema_manifest_md,
          .has_json = false,
          .run = run};
}

}  // namespace innkeeper::cli
