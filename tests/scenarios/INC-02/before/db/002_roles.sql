-- The platform's own role does everything: the application, the migrations and the agent log in as it.
ALTER TABLE companies OWNER TO neondb_owner;
ALTER TABLE executives OWNER TO neondb_owner;
