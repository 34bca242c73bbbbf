// endpoints: other ways to a server, and the poolers among them.
#include "core/manifest_shapes.h"

namespace innkeeper::shapes {
namespace {

const value_shape* pooler() {
  static const key_table keys{
      .title = "pooler",
      .keys = {{"kind", choice({"pgbouncer"}), "pgbouncer", "Which program it is."},
               {"mode", choice({"transaction", "session"}), "transaction",
                "When it gives a connection to the next client: after each transaction, or after each session."},
               {"auth", choice({"query", "userlist"}), "query",
                "How it knows the log-ins' verifiers. query: it asks the server, through a function; userlist: they "
                "are copied into its userlist.txt."},
               {"user", scalar(value_kind::role), "innkeeper_pooler",
                "Its own log-in, for the function and for its console."},
               {"directory", scalar(value_kind::path), ".innkeeper/pgbouncer/ENDPOINT",
                "Where its files are rendered and kept up to date."}}};
  static const value_shape* shape = record_or(scalar(value_kind::boolean), keys);
  return shape;
}

}  // namespace

const value_shape* endpoints() {
  static const key_table keys{
      .title = "endpoint",
      .keys = {{"host", scalar(value_kind::text), "", "Host name or address.", true, true},
               {"port", integer(1, 65535), "5432", "TCP port."},
               {"sslmode", choice({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}),
                "the server's; of a pooler: none", "The sslmode that connection strings name."},
               {"ca_file", scalar(value_kind::path), "the server's; of a pooler: none",
                "The file of the certificate authority that connection strings name."},
               {"pooler", pooler(), "false",
                "A pooler answers there. true: one that others look after, in transaction mode."}}};
  static const value_shape* shape = named(record_or(scalar(value_kind::host_and_port), keys));
  return shape;
}

}  // namespace innkeeper::shapes
