// Against what PostgreSQL 15 had in pg_locks while each statement's transaction was open.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lint_support.h"

namespace innkeeper::migration {
namespace {

std::string names_of_tables(const std::vector<relation_name>& tables) {
  std::string all;
  for (const auto& one : tables)
    all += (all.empty() ? "" : ", ") + (one.schema.empty() ? "" : one.schema + ".") + one.name;
  return all;
}

std::string forecast_text(std::string_view sql, const lint_facts& facts) {
  const auto tree = sql_tree::parse(sql);
  if (!tree) return "not parsed";
  const auto locks = forecast_locks(*tree, facts);
  return fmt::format("{}: {}{}{}{}", locks.lock, names_of_tables(locks.tables),
                     locks.referenced.empty() ? "" : " < " + names_of_tables(locks.referenced),
                     locks.rewrites ? " rewrites" : "", locks.scans ? " scans" : "");
}

struct forecast_case {
  std::string_view sql;
  std::string_view want;
};

TEST(lock_forecast, says_the_strongest_lock_and_its_tables) {
  const std::vector<forecast_case> cases = {
      {"create index on orders (total)", "SHARE: orders scans"},
      {"create index concurrently on orders (total)", "SHARE UPDATE EXCLUSIVE: orders scans"},
      {"drop index i", "ACCESS EXCLUSIVE: "},
      {"reindex table orders", "SHARE: orders scans"},
      {"reindex (concurrently) table orders", "SHARE UPDATE EXCLUSIVE: orders scans"},
      {"alter table o add foreign key (n) references p", "SHARE ROW EXCLUSIVE: o, p scans"},
      {"alter table o add foreign key (n) references p not valid", "SHARE ROW EXCLUSIVE: o, p"},
      {"alter table o add c bigint references p", "ACCESS EXCLUSIVE: o < p"},
      {"alter table o add c bigint default 1 references p", "ACCESS EXCLUSIVE: o < p scans"},
      {"alter table o add check (n > 0)", "ACCESS EXCLUSIVE: o scans"},
      {"alter table o add check (n > 0) not valid", "ACCESS EXCLUSIVE: o"},
      {"alter table o validate constraint v", "SHARE UPDATE EXCLUSIVE: o scans"},
      {"alter table o alter n set not null", "ACCESS EXCLUSIVE: o scans"},
      {"alter table o add unique (n)", "ACCESS EXCLUSIVE: o scans"},
      {"alter table o add constraint u unique using index u", "ACCESS EXCLUSIVE: o"},
      {"alter table o add z uuid default gen_random_uuid()", "ACCESS EXCLUSIVE: o rewrites"},
      {"alter table o add z timestamptz default now()", "ACCESS EXCLUSIVE: o"},
      {"alter table o add z serial", "ACCESS EXCLUSIVE: o rewrites"},
      {"alter table o add z int generated always as (n) stored", "ACCESS EXCLUSIVE: o rewrites"},
      {"alter table o alter n type bigint", "ACCESS EXCLUSIVE: o rewrites"},
      {"alter table o alter n set statistics 100", "SHARE UPDATE EXCLUSIVE: o"},
      {"alter table o set (fillfactor = 70)", "SHARE UPDATE EXCLUSIVE: o"},
      {"alter table o alter n set default 1", "ACCESS EXCLUSIVE: o"},
      {"alter table o disable trigger all", "SHARE ROW EXCLUSIVE: o"},
      {"alter table o enable row level security", "ACCESS EXCLUSIVE: o"},
      {"alter table o set unlogged", "ACCESS EXCLUSIVE: o rewrites"},
      {"alter table s.o rename to o2", "ACCESS EXCLUSIVE: s.o"},
      {"alter index i rename to j", "SHARE UPDATE EXCLUSIVE: "},
      {"alter table p attach partition c for values in (1)", "ACCESS EXCLUSIVE: c scans"},
      {"alter table p detach partition c", "ACCESS EXCLUSIVE: p, c"},
      {"create table c partition of p for values in (1)", "ACCESS EXCLUSIVE: p"},
      {"create table c (a int references p)", "SHARE ROW EXCLUSIVE: p"},
      {"create table c (a int primary key, b int references c)", ": "},
      {"create table c () inherits (p)", "SHARE UPDATE EXCLUSIVE: p"},
      {"create table c (like p)", "ACCESS SHARE: p"},
      {"create table c as select * from p", "ACCESS SHARE: p"},
      {"drop table a, s.b", "ACCESS EXCLUSIVE: a, s.b"},
      {"truncate a", "ACCESS EXCLUSIVE: a"},
      {"create trigger t before insert on o for each row execute function f()", "SHARE ROW EXCLUSIVE: o"},
      {"drop trigger t on s.o", "ACCESS EXCLUSIVE: s.o"},
      {"create policy p on o using (true)", "ACCESS EXCLUSIVE: o"},
      {"comment on column s.o.n is 'x'", "SHARE UPDATE EXCLUSIVE: s.o"},
      {"create statistics st on a, b from o", "SHARE UPDATE EXCLUSIVE: o"},
      {"create publication p for table o", "SHARE UPDATE EXCLUSIVE: o"},
      {"analyze o", "SHARE UPDATE EXCLUSIVE: o"},
      {"vacuum full o", "ACCESS EXCLUSIVE: o rewrites"},
      {"cluster o using i", "ACCESS EXCLUSIVE: o rewrites"},
      {"refresh materialized view v", "ACCESS EXCLUSIVE: v rewrites"},
      {"refresh materialized view concurrently v", "EXCLUSIVE: v"},
      {"lock table o in share mode", "SHARE: o"},
      {"grant select on o to public", ": "},
      {"alter type e add value 'x'", ": "},
      {"alter type t add attribute a int", ": "},
      {"create or replace view v as select * from o", "ACCESS EXCLUSIVE: v"},
      {"select * from a join b on true", "ACCESS SHARE: a, b"},
      {"select * from a for update", "ROW SHARE: a"},
      {"insert into a select * from b", "ROW EXCLUSIVE: a"},
      {"with x as (delete from a returning *) insert into b select * from x", "ROW EXCLUSIVE: b, a"},
      {"copy a from stdin", "ROW EXCLUSIVE: a"},
  };
  for (const auto& one : cases) EXPECT_EQ(forecast_text(one.sql, {}), one.want) << one.sql;
}

TEST(lock_forecast, knows_more_of_a_server_that_is_known) {
  const std::vector<forecast_case> cases = {
      {"drop index orders_pkey", "ACCESS EXCLUSIVE: shop.orders"},
      {"reindex index concurrently orders_pkey", "SHARE UPDATE EXCLUSIVE: shop.orders scans"},
      {"drop table orders", "ACCESS EXCLUSIVE: orders, shop.customers"},
      {"alter table orders drop constraint buyer", "ACCESS EXCLUSIVE: orders, shop.customers"},
      {"alter table orders alter note type varchar(30)", "ACCESS EXCLUSIVE: orders"},
      {"alter table orders alter note type varchar(10)", "ACCESS EXCLUSIVE: orders rewrites"},
      {"alter table orders alter id set not null", "ACCESS EXCLUSIVE: orders"},
      {"create table if not exists orders (a int references customers)", ": "},
  };
  for (const auto& one : cases) EXPECT_EQ(forecast_text(one.sql, test::shop_facts()), one.want) << one.sql;
}

}  // namespace
}  // namespace innkeeper::migration
