-- pg_hba.conf as the server would read it now. rule_number and file_name exist from 16.
SELECT json_agg(json_build_array(r.line_number, r.type, r.database, r.user_name, r.address, r.netmask, r.auth_method,
                                 r.options, r.error, to_jsonb(r) ->> 'file_name')
                ORDER BY (to_jsonb(r) ->> 'rule_number')::integer, r.line_number)::text
FROM pg_catalog.pg_hba_file_rules AS r;
