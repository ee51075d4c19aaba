"""May this caller do this? Casbin behind one small table; no database and no GraphQL."""
