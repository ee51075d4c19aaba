-- A proposal that comes from the policy file on disk has nobody who answers for it, until an administrator does.
ALTER TABLE policy_proposal ALTER COLUMN proposed_by DROP NOT NULL;
