-- What only a superuser may read: the roles' password verifiers, and what the configuration files say.
SELECT json_build_object(
  'verifiers', (SELECT json_agg(json_build_array(a.rolname, a.rolpassword))
                FROM pg_catalog.pg_authid AS a WHERE a.rolpassword IS NOT NULL),
  'file_settings', (SELECT json_agg(json_build_array(f.name, f.setting) ORDER BY f.seqno)
                    FROM pg_catalog.pg_file_settings AS f WHERE f.name IS NOT NULL)
)::text;
