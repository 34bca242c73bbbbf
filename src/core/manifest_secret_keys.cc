// secrets: the places where a service's application finds what it connects with.
#include "core/manifest_shapes.h"
#include "core/secret_presets.h"

namespace innkeeper::shapes {

const value_shape* managed_by() {
  static const value_shape* shape = choice({"innkeeper", "external"});
  return shape;
}

const value_shape* secret_sinks() {
  static const std::vector<std::string_view> presets = [] {
    std::vector<std::string_view> names;
    for (const auto& one : all_secret_presets()) names.push_back(one.name);
    return names;
  }();
  static const key_table keys{
      .title = "secret_sink",
      .keys = {{"kubernetes", scalar(value_kind::kubernetes_object), "", "A Kubernetes Secret, as NAMESPACE/SECRET."},
               {"file", scalar(value_kind::path), "", "An env file, readable by its owner only."},
               {"directory", scalar(value_kind::path), "", "A directory with one file for each key."},
               {"keys", named(scalar(value_kind::secret_text), value_kind::text),
                "DATABASE_URL: uri, where there is no preset", "Each key, and what stands in it."},
               {"preset", choice(presets), "none", "The keys of a known convention."},
               {"ca_file", scalar(value_kind::text), "the server's own",
                "Where the application finds the certificate authority that its connection strings name."},
               {"via", scalar(value_kind::simple_name), "the server itself", "The endpoint that it names.", false},
               {"managed_by", managed_by(), "the service's", "external: read and verified, never written."}},
      .exactly_one_of = {"kubernetes", "file", "directory"}};
  static const value_shape* shape = list_of(record(keys));
  return shape;
}

}  // namespace innkeeper::shapes
