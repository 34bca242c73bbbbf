-- "none" unless something set another role since the session began. Reads no catalog, as own_role.sql does.
SHOW role;
