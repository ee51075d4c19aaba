-- A proposal that comes from the policy file on disk has nobody who answers for it, until an administrator does.
ALTER TABLE policy_proposal RENAME TO policy_proposal_before;
DROP INDEX policy_proposal_on_base;
CREATE TABLE policy_proposal (
    id VARCHAR(36) NOT NULL,
    version VARCHAR(64) NOT NULL,
    base_version VARCHAR(64) NOT NULL,
    policy TEXT NOT NULL,
    tests TEXT,
    reason VARCHAR(2000) NOT NULL,
    proposed_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    proposed_at TIMESTAMP NOT NULL CHECK (proposed_at GLOB '????-??-?? ??:??:??*+00:00'),
    approved_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    approved_at TIMESTAMP CHECK (approved_at GLOB '????-??-?? ??:??:??*+00:00'),
    CONSTRAINT policy_proposal_pkey PRIMARY KEY (id),
    CONSTRAINT policy_proposal_approval CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CONSTRAINT policy_proposal_four_eyes CHECK (approved_by <> proposed_by)
);
INSERT INTO policy_proposal SELECT * FROM policy_proposal_before;
DROP TABLE policy_proposal_before;
CREATE INDEX policy_proposal_on_base ON policy_proposal (base_version, proposed_at);
