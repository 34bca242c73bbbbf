#include "tests/support/catalog_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/sql.h"
#include "pg/connection.h"

namespace innkeeper::test {
namespace {

// An ACL with names; what is NULL by default and what says the same are the same.
std::string acl(std::string_view column, char kind, std::string_view owner) {
  return fmt::format(
      "(SELECT string_agg(format('%s=%s%s/%s', CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END,"
      " a.privilege_type, CASE WHEN a.is_grantable THEN '*' END, pg_get_userbyid(a.grantor)), ',' ORDER BY "
      "CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END, a.privilege_type, "
      "pg_get_userbyid(a.grantor)) FROM aclexplode(coalesce({}, acldefault('{}', {}))) AS a)",
      column, kind, owner);
}

// The members of an extension come with it, and their OIDs' order is nobody's choice.
constexpr std::string_view not_of_an_extension =
    " AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = '{}'::regclass AND d.objid = {}.oid AND d.deptype = "
    "'e') ";

std::string own(std::string_view catalog, std::string_view alias) {
  return fmt::format(fmt::runtime(not_of_an_extension), catalog, alias);
}

constexpr std::string_view user_schemas =
    "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'";

std::string shared_sql() {
  return fmt::format(
      "SELECT format('role %s: %s', r.rolname, (to_jsonb(r) - 'oid' - 'rolpassword') || jsonb_build_object("
      "  'password', a.rolpassword IS NOT NULL, 'comment', shobj_description(r.oid, 'pg_authid'))) "
      "FROM pg_roles AS r JOIN pg_authid AS a ON a.oid = r.oid "
      "UNION ALL "
      "SELECT format('role %s: member of %s, granted by %s, %s', pg_get_userbyid(m.member), pg_get_userbyid(m.roleid), "
      "  pg_get_userbyid(m.grantor), to_jsonb(m) - 'oid' - 'member' - 'roleid' - 'grantor') FROM pg_auth_members AS m "
      "UNION ALL "
      "SELECT format('%s: with %s', CASE WHEN s.setrole = 0 THEN 'database ' || d.datname "
      "  ELSE 'role ' || pg_get_userbyid(s.setrole) || ': in database ' || coalesce(d.datname, '(all)') END, c.one) "
      "FROM pg_db_role_setting AS s LEFT JOIN pg_database AS d ON d.oid = s.setdatabase, unnest(s.setconfig) AS c(one) "
      "UNION ALL "
      "SELECT format('database %s: owner %s, encoding %s, locale %s, template %s, open %s, limit %s, tablespace %s, "
      "  comment %s', d.datname, pg_get_userbyid(d.datdba), d.encoding, d.datcollate, d.datistemplate, d.datallowconn, "
      "  d.datconnlimit, d.dattablespace, shobj_description(d.oid, 'pg_database')) FROM pg_database AS d "
      "UNION ALL "
      "SELECT format('database %s: acl %s', d.datname, {}) FROM pg_database AS d "
      "UNION ALL "
      "SELECT format('tablespace %s: acl %s', t.spcname, {}) FROM pg_tablespace AS t "
      "UNION ALL "
      "SELECT format('server: %s = %s', name, setting) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf' "
      "UNION ALL "
      "SELECT format('server: shared object %s of %s in %s, %s', s.classid::regclass, CASE WHEN s.refclassid = "
      "  'pg_authid'::regclass THEN pg_get_userbyid(s.refobjid) END, d.datname, s.deptype) FROM pg_shdepend AS s "
      "  LEFT JOIN pg_database AS d ON d.oid = s.dbid GROUP BY s.classid, s.refclassid, s.refobjid, d.datname, "
      "s.deptype",
      acl("d.datacl", 'd', "d.datdba"), acl("t.spcacl", 't', "t.spcowner"));
}

std::string schemas_sql() {
  return fmt::format(
      "SELECT format('schema %s: owner %s, acl %s, comment %s', n.nspname, pg_get_userbyid(n.nspowner), {}, "
      "  obj_description(n.oid, 'pg_namespace')) FROM pg_namespace AS n WHERE {} "
      "UNION ALL "
      "SELECT format('default privileges of %s in %s for %s: %s', pg_get_userbyid(a.defaclrole), n.nspname, "
      "  a.defaclobjtype, {}) FROM pg_default_acl AS a LEFT JOIN pg_namespace AS n ON n.oid = a.defaclnamespace "
      "UNION ALL "
      "SELECT format('extension %s: version %s, schema %s, owner %s', e.extname, e.extversion, n.nspname, "
      "  pg_get_userbyid(e.extowner)) FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace "
      "UNION ALL "
      "SELECT format('language %s: acl %s', l.lanname, {}) FROM pg_language AS l WHERE l.lanowner <> 0",
      acl("n.nspacl", 'n', "n.nspowner"), user_schemas, acl("a.defaclacl", 'r', "a.defaclrole"),
      acl("l.lanacl", 'l', "l.lanowner"));
}

std::string relations_sql() {
  return fmt::format(
      "SELECT format('relation %I.%I: %s, owner %s, options %s, rules of rows %s, acl %s, comment %s', n.nspname, "
      "  c.relname, c.relkind, pg_get_userbyid(c.relowner), c.reloptions, c.relrowsecurity, {}, "
      "  obj_description(c.oid, 'pg_class')) "
      "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE {} AND c.relkind NOT IN ('i', 'I', "
      "'t') "
      "{} "
      "UNION ALL "
      "SELECT format('column %I.%I.%I: number %s, %s, not null %s, default %s, acl %s', n.nspname, c.relname, "
      "a.attname, "
      "  a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(f.adbin, f.adrelid), a.attacl) "
      "FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = "
      "c.relnamespace "
      "LEFT JOIN pg_attrdef AS f ON (f.adrelid, f.adnum) = (a.attrelid, a.attnum) "
      "WHERE {} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f') {} "
      "UNION ALL "
      "SELECT format('constraint %I on %s: %s', k.conname, k.conrelid::regclass, pg_get_constraintdef(k.oid)) "
      "FROM pg_constraint AS k JOIN pg_namespace AS n ON n.oid = k.connamespace WHERE {} "
      "UNION ALL "
      "SELECT format('index %s', pg_get_indexdef(i.indexrelid)) FROM pg_index AS i "
      "JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE {} "
      "UNION ALL "
      "SELECT format('trigger %s', pg_get_triggerdef(t.oid)) FROM pg_trigger AS t WHERE NOT t.tgisinternal "
      "UNION ALL "
      "SELECT format('policy %I on %s: %s %s', p.polname, p.polrelid::regclass, pg_get_expr(p.polqual, p.polrelid), "
      "  p.polroles::regrole[]) FROM pg_policy AS p "
      "UNION ALL "
      "SELECT format('view %I.%I: %s', n.nspname, c.relname, pg_get_viewdef(c.oid)) FROM pg_class AS c "
      "JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE {} AND c.relkind IN ('v', 'm') {}",
      acl("c.relacl", 'r', "c.relowner"), user_schemas, own("pg_class", "c"), user_schemas, own("pg_class", "c"),
      user_schemas, user_schemas, user_schemas, own("pg_class", "c"));
}

std::string others_sql() {
  return fmt::format(
      "SELECT format('function %I.%I(%s): owner %s, definer %s, settings %s, body %s, acl %s', n.nspname, p.proname, "
      "  pg_get_function_identity_arguments(p.oid), pg_get_userbyid(p.proowner), p.prosecdef, p.proconfig, "
      "  md5(p.prosrc), {}) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE {} {} "
      "UNION ALL "
      "SELECT format('type %I.%I: %s, owner %s, acl %s, values %s', n.nspname, t.typname, t.typtype, "
      "  pg_get_userbyid(t.typowner), {}, (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum "
      "  AS e WHERE e.enumtypid = t.oid)) FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace "
      "WHERE {} AND t.typcategory <> 'A' {} "
      "UNION ALL "
      "SELECT format('event trigger %s: owner %s, %s', t.evtname, pg_get_userbyid(t.evtowner), t.evtevent) "
      "FROM pg_event_trigger AS t "
      "UNION ALL "
      "SELECT format('foreign server %s: owner %s', s.srvname, pg_get_userbyid(s.srvowner)) FROM pg_foreign_server AS "
      "s "
      "UNION ALL "
      "SELECT format('publication %s: owner %s', p.pubname, pg_get_userbyid(p.pubowner)) FROM pg_publication AS p "
      "UNION ALL "
      "SELECT format('large objects of %s: %s', pg_get_userbyid(l.lomowner), count(*)) FROM pg_largeobject_metadata AS "
      "  l GROUP BY l.lomowner",
      acl("p.proacl", 'f', "p.proowner"), user_schemas, own("pg_proc", "p"), acl("t.typacl", 'T', "t.typowner"),
      user_schemas, own("pg_type", "t"));
}

constexpr std::string_view tables_sql = R"(
SELECT format('SELECT format(%L, count(*), md5(string_agg(t::text, E''\n'' ORDER BY t::text))) FROM %I.%I AS t',
              format('rows of %I.%I: %%s, %%s', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'innkeeper')
  AND n.nspname !~ '^pg_(toast_)?temp_'
UNION ALL
SELECT format('SELECT format(%L, last_value, is_called) FROM %I.%I',
              format('sequence %I.%I: %%s, %%s', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND n.nspname <> 'innkeeper' AND n.nspname !~ '^pg_')";

// What the registry remembers, without when and how often.
constexpr std::string_view registry_sql =
    "SELECT format('object %s %s of service %s, estate %s', kind, name, service, estate) FROM innkeeper.object AS o "
    "WHERE CASE kind WHEN 'role' THEN EXISTS (SELECT FROM pg_roles WHERE oid = o.oid AND rolname = o.name) "
    "WHEN 'database' THEN EXISTS (SELECT FROM pg_database WHERE oid = o.oid AND datname = o.name) ELSE true END";

void add(catalog_lines& into, const pg::result& rows, const std::string& beginning) {
  for (std::size_t i = 0; i < rows.size(); ++i) into.lines.insert(beginning + rows.text(i, 0));
}

void read_inside(catalog_lines& into, const conninfo& target) {
  auto session = pg::connection::open(target, {.application_name = "catalog text"});
  const std::string beginning = fmt::format("in {}: ", target.database);
  for (const auto& sql : {schemas_sql(), relations_sql(), others_sql()}) add(into, session.query(sql), beginning);
  const auto tables = session.query(tables_sql);
  for (std::size_t i = 0; i < tables.size(); ++i) add(into, session.query(tables.text(i, 0)), beginning);
  if (session.query("SELECT to_regclass('innkeeper.object') IS NOT NULL").text(0, 0) == "t") {
    add(into, session.query(registry_sql), beginning);
  }
}

}  // namespace

catalog_lines catalog_lines::about(const std::vector<std::string>& beginnings) const {
  catalog_lines some;
  for (const auto& line : lines) {
    if (std::ranges::any_of(beginnings, [&](const auto& one) { return line.starts_with(one); }))
      some.lines.insert(line);
  }
  return some;
}

catalog_lines read_catalogs(const conninfo& superuser, const std::set<std::string>& only) {
  catalog_lines all;
  auto session = pg::connection::open(superuser, {.application_name = "catalog text"});
  add(all, session.query(shared_sql()), "");
  const auto open = session.query("SELECT datname FROM pg_database WHERE datallowconn AND datconnlimit <> -2");
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (!only.empty() && !only.contains(open.text(i, 0))) continue;
    conninfo target = superuser;
    target.database = {open.text(i, 0)};
    read_inside(all, target);
  }
  return all;
}

std::string difference(const catalog_lines& before, const catalog_lines& after) {
  constexpr int most = 40;
  std::string text;
  int shown = 0;
  const auto show = [&](const std::set<std::string>& from, const std::set<std::string>& without, char sign) {
    for (const auto& line : from) {
      if (!without.contains(line) && ++shown <= most) text += fmt::format("{} {}\n", sign, line);
    }
  };
  show(before.lines, after.lines, '-');
  show(after.lines, before.lines, '+');
  if (shown > most) text += fmt::format("and {} more\n", shown - most);
  return text;
}

}  // namespace innkeeper::test
