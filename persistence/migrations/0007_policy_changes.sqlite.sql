-- What a policy version changed against the one before it, a right a line; none for the first and for older rows.
ALTER TABLE policy_version ADD COLUMN changes TEXT;
