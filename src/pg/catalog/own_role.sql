-- Who this session works as, and who logged in.
SELECT current_user, session_user, pg_catalog.current_database();
