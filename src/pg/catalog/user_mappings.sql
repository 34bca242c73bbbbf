-- Whom foreign servers let in as whom without a password of their own. Only where pg_user_mapping may be read, and only
-- what matters of its options.
SELECT pg_catalog.quote_ident(s.srvname), CASE m.umuser WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(m.umuser) END,
       'password_required=false' = ANY (m.umoptions)
FROM pg_catalog.pg_user_mapping AS m
JOIN pg_catalog.pg_foreign_server AS s ON s.oid = m.umserver;
