#include "core/limits.h"

namespace innkeeper {

const std::vector<server_limit>& limits_of_postgresql() {
  static const std::vector<server_limit> all{
      {"N2", "Connections that never log in take every seat, the superuser's too; no role's limit counts them.",
       "A firewall's limit for each source, a lower authentication_timeout, a pooler in front."},
      {"N3", "One session's locks can fill the table that all databases share; then nobody can even connect.",
       "A higher max_locks_per_transaction; hardening advisory_locks: closed; N3 names who holds many."},
      {"N4", "One listener that stays in a transaction lets the queue of NOTIFY fill up for all databases.",
       "idle_in_transaction_session_timeout; N4 says how full it is."},
      {"N5", "Transactions that notify commit one after another, across all databases.", "Few of them."},
      {"N6",
       "A long transaction keeps dead rows of the shared catalogs, and (N7, N8) makes serializable dumps and new "
       "replication slots of others wait.",
       "idle_in_transaction_session_timeout, which a log-in may change for itself; N6 names the session."},
      {"N9", "A database that can't be frozen stops writes on the whole server.", "N9 says how old each one is."},
      {"N10", "A table's own settings can hold a worker of autovacuum, which all databases share.",
       "More workers; N10 names the tables."},
      {"N11", "One service can take all parallel workers; others' queries then run without.",
       "max_parallel_workers_per_gather, which a log-in may change for itself."},
      {"N12", "work_mem has no upper bound; where the system then kills a backend, every session of the server ends.",
       "vm.overcommit_memory = 2, a control group for the server."},
      {"N14", "No database has a quota of the disk.", "A tablespace of its own on a volume of its own; N14."},
      {"N15", "WAL is one stream: every write of one service is read by every standby and backup.",
       "hardening wal_messages: closed keeps those out that may not even write."},
      {"N16", "Messages of one service fill the server's log.", "log_min_messages, rotation, a volume of its own."},
      {"N17", "Many distinct statements of one service push others' out of pg_stat_statements.",
       "A larger pg_stat_statements.max."},
      {"N20", "statement_timeout and its kin are defaults: a log-in may set others for itself.",
       "A supervisor that ends sessions from outside."},
      {"N21", "Processors, disk bandwidth, shared memory and checkpoints are nobody's share.",
       "A pooler's limits, control groups; a server of its own for who needs a guarantee."},
  };
  return all;
}

}  // namespace innkeeper
