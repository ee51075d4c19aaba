-- All tables of Mandaat on PostgreSQL 15 and newer; 0001_initial.sqlite.sql says the same for SQLite.
-- Names of constraints and unique indexes are part of the contract: persistence turns them into domain errors.

CREATE TABLE organisation (
    id VARCHAR(36) NOT NULL,
    enterprise_number VARCHAR(10) NOT NULL,
    name VARCHAR(200) NOT NULL,
    kind VARCHAR(20) NOT NULL,
    blocked_since TIMESTAMPTZ,
    CONSTRAINT organisation_pkey PRIMARY KEY (id),
    CONSTRAINT organisation_enterprise_number_form CHECK (length(enterprise_number) = 10),
    CONSTRAINT organisation_kind CHECK (kind IN ('PROMOTOR', 'SECRETARIAT', 'DEPARTMENT'))
);
CREATE UNIQUE INDEX organisation_enterprise_number ON organisation (enterprise_number);

CREATE TABLE app_user (
    id VARCHAR(36) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    name VARCHAR(200) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT app_user_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX app_user_subject ON app_user (subject);

CREATE TABLE role_grant (
    id VARCHAR(36) NOT NULL,
    user_id VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    organisation_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    role VARCHAR(30) NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    granted_by VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    granted_at TIMESTAMPTZ NOT NULL,
    revoked_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    revoked_at TIMESTAMPTZ,
    CONSTRAINT role_grant_pkey PRIMARY KEY (id),
    CONSTRAINT role_grant_role CHECK (role IN (
        'promotor', 'uploader', 'submitter', 'local_administrator',
        'helpdesk', 'case_handler', 'auditor', 'policy_administrator'
    )),
    CONSTRAINT role_grant_days CHECK (valid_until IS NULL OR valid_until >= valid_from),
    CONSTRAINT role_grant_revocation CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE UNIQUE INDEX role_grant_one_unrevoked ON role_grant (user_id, organisation_id, role) WHERE revoked_at IS NULL;
CREATE INDEX role_grant_of_user ON role_grant (user_id, organisation_id);
CREATE INDEX role_grant_in_organisation ON role_grant (organisation_id, id);

CREATE TABLE convention (
    id VARCHAR(36) NOT NULL,
    number VARCHAR(20) COLLATE "C" NOT NULL,
    programme VARCHAR(30) NOT NULL,
    promotor_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    valid_from_month VARCHAR(7) NOT NULL,
    valid_until_month VARCHAR(7),
    approved_full_time_equivalents_hundredths INTEGER NOT NULL,
    blocked_since TIMESTAMPTZ,
    CONSTRAINT convention_pkey PRIMARY KEY (id),
    CONSTRAINT convention_number_form CHECK (length(number) BETWEEN 1 AND 20),
    CONSTRAINT convention_programme CHECK (programme IN (
        'GESCO', 'GESCO_KB474', 'DAC', 'WERKERVARING', 'SOCIALE_WERKPLAATS', 'INVOEG', 'ARBEIDSZORG', 'LDE'
    )),
    CONSTRAINT convention_valid_from_month CHECK (valid_from_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT convention_valid_until_month CHECK (valid_until_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT convention_months CHECK (valid_until_month IS NULL OR valid_until_month >= valid_from_month),
    CONSTRAINT convention_full_time_equivalents CHECK (approved_full_time_equivalents_hundredths >= 0)
);
CREATE UNIQUE INDEX convention_number ON convention (number);
CREATE INDEX convention_of_promotor ON convention (promotor_id, id);

CREATE TABLE mandate (
    id VARCHAR(36) NOT NULL,
    convention_id VARCHAR(36) NOT NULL REFERENCES convention (id) ON DELETE RESTRICT,
    secretariat_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    level VARCHAR(10) NOT NULL,
    first_month VARCHAR(7) NOT NULL,
    last_month VARCHAR(7),
    granted_by VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    granted_at TIMESTAMPTZ NOT NULL,
    revoked_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    revoked_at TIMESTAMPTZ,
    CONSTRAINT mandate_pkey PRIMARY KEY (id),
    CONSTRAINT mandate_level CHECK (level IN ('UPLOAD', 'SUBMIT')),
    CONSTRAINT mandate_first_month CHECK (first_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT mandate_last_month CHECK (last_month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT mandate_months CHECK (last_month IS NULL OR last_month >= first_month),
    CONSTRAINT mandate_revocation CHECK ((revoked_by IS NULL) = (revoked_at IS NULL))
);
CREATE INDEX mandate_of_secretariat ON mandate (secretariat_id, convention_id);
CREATE INDEX mandate_on_convention ON mandate (convention_id, secretariat_id);

CREATE TABLE admission (
    id VARCHAR(36) NOT NULL,
    organisation_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    admitted_from DATE NOT NULL,
    evidence VARCHAR(2000) NOT NULL,
    admitted_by VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    admitted_at TIMESTAMPTZ NOT NULL,
    suspended_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    suspended_at TIMESTAMPTZ,
    suspension_reason VARCHAR(2000),
    CONSTRAINT admission_pkey PRIMARY KEY (id),
    CONSTRAINT admission_suspension CHECK (
        (suspended_by IS NULL) = (suspended_at IS NULL) AND (suspension_reason IS NULL OR suspended_at IS NOT NULL)
    )
);
CREATE INDEX admission_of_organisation ON admission (organisation_id, admitted_from);

CREATE TABLE fiche (
    id VARCHAR(36) NOT NULL,
    convention_id VARCHAR(36) NOT NULL REFERENCES convention (id) ON DELETE RESTRICT,
    insz VARCHAR(11) NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    CONSTRAINT fiche_pkey PRIMARY KEY (id),
    CONSTRAINT fiche_insz CHECK (length(insz) = 11),
    CONSTRAINT fiche_days CHECK (valid_until IS NULL OR valid_until >= valid_from)
);
CREATE INDEX fiche_on_convention ON fiche (convention_id, insz);
CREATE INDEX fiche_of_person ON fiche (insz);

CREATE TABLE insz_succession (
    old_insz VARCHAR(11) NOT NULL,
    new_insz VARCHAR(11) NOT NULL,
    CONSTRAINT insz_succession_pkey PRIMARY KEY (old_insz),
    CONSTRAINT insz_succession_form CHECK (length(old_insz) = 11 AND length(new_insz) = 11 AND old_insz <> new_insz)
);

CREATE TABLE related_enterprise (
    id VARCHAR(36) NOT NULL,
    promotor_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    enterprise_number VARCHAR(10) NOT NULL,
    CONSTRAINT related_enterprise_pkey PRIMARY KEY (id),
    CONSTRAINT related_enterprise_number_form CHECK (length(enterprise_number) = 10)
);
CREATE UNIQUE INDEX related_enterprise_of_promotor ON related_enterprise (promotor_id, enterprise_number);

-- The row of a collective file is also the work item of checking it: lease, attempt and progress.
CREATE TABLE collective_file (
    id VARCHAR(36) NOT NULL,
    sender_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    uploaded_by VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    mode VARCHAR(10) NOT NULL,
    checks_only BOOLEAN NOT NULL,
    reference VARCHAR(60) NOT NULL,
    schema_version VARCHAR(10) NOT NULL,
    file_name VARCHAR(200) NOT NULL,
    store_key VARCHAR(100) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    size_bytes BIGINT NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    receipt TEXT NOT NULL,
    state VARCHAR(20) NOT NULL,
    stage VARCHAR(30),
    progress_bytes BIGINT NOT NULL,
    attempt INTEGER NOT NULL,
    lease_owner VARCHAR(100),
    lease_until TIMESTAMPTZ,
    first_revision_id BIGINT,
    last_revision_id BIGINT,
    report_id BIGINT,
    finished_at TIMESTAMPTZ,
    CONSTRAINT collective_file_pkey PRIMARY KEY (id),
    CONSTRAINT collective_file_mode CHECK (mode IN ('TEST', 'PRODUCTION')),
    CONSTRAINT collective_file_state CHECK (state IN (
        'RECEIVED', 'CHECKING', 'PROCESSED', 'REJECTED', 'NOT_FULLY_CHECKED'
    )),
    CONSTRAINT collective_file_sha256 CHECK (length(sha256) = 64),
    CONSTRAINT collective_file_amounts CHECK (
        size_bytes >= 0 AND progress_bytes >= 0 AND progress_bytes <= size_bytes AND attempt >= 0
    ),
    CONSTRAINT collective_file_lease CHECK (
        (lease_owner IS NULL) = (lease_until IS NULL)
        AND (state <> 'RECEIVED' OR lease_owner IS NULL)
        AND (state <> 'CHECKING' OR lease_owner IS NOT NULL)
    ),
    CONSTRAINT collective_file_finish CHECK (
        (state IN ('PROCESSED', 'REJECTED', 'NOT_FULLY_CHECKED')) = (finished_at IS NOT NULL)
    ),
    CONSTRAINT collective_file_revisions CHECK (
        (first_revision_id IS NULL) = (last_revision_id IS NULL)
        AND (first_revision_id IS NULL OR last_revision_id >= first_revision_id)
    )
);
CREATE UNIQUE INDEX collective_file_store_key ON collective_file (store_key);
CREATE UNIQUE INDEX collective_file_reference ON collective_file (sender_id, mode, reference)
    WHERE NOT checks_only AND state <> 'REJECTED';
CREATE INDEX collective_file_of_sender ON collective_file (sender_id, id);
CREATE INDEX collective_file_work ON collective_file (state, lease_until, id);

CREATE TABLE performance_file (
    id VARCHAR(36) NOT NULL,
    convention_id VARCHAR(36) NOT NULL REFERENCES convention (id) ON DELETE RESTRICT,
    month VARCHAR(7) NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    state VARCHAR(20) NOT NULL,
    current_revision_id BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    submitted_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    submitted_for VARCHAR(36) REFERENCES organisation (id) ON DELETE RESTRICT,
    submitted_at TIMESTAMPTZ,
    withdrawn_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    withdrawn_at TIMESTAMPTZ,
    decided_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    decided_at TIMESTAMPTZ,
    decision_reason VARCHAR(2000),
    CONSTRAINT performance_file_pkey PRIMARY KEY (id),
    CONSTRAINT performance_file_month CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT performance_file_counts CHECK (version >= 1 AND revision >= 1),
    CONSTRAINT performance_file_state CHECK (state IN (
        'DRAFT', 'TESTED', 'SUBMITTED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN'
    )),
    CONSTRAINT performance_file_submission CHECK (
        (submitted_by IS NULL) = (submitted_at IS NULL) AND (submitted_for IS NULL) = (submitted_at IS NULL)
        AND (state NOT IN ('SUBMITTED', 'ACCEPTED', 'REFUSED', 'WITHDRAWN') OR submitted_at IS NOT NULL)
    ),
    CONSTRAINT performance_file_withdrawal CHECK (
        (withdrawn_by IS NULL) = (withdrawn_at IS NULL) AND (state <> 'WITHDRAWN' OR withdrawn_at IS NOT NULL)
    ),
    CONSTRAINT performance_file_decision CHECK (
        (decided_by IS NULL) = (decided_at IS NULL)
        AND (state NOT IN ('ACCEPTED', 'REFUSED') OR decided_at IS NOT NULL)
    )
);
CREATE UNIQUE INDEX performance_file_version ON performance_file (convention_id, month, version);
CREATE UNIQUE INDEX performance_file_one_open ON performance_file (convention_id, month)
    WHERE state IN ('DRAFT', 'TESTED', 'SUBMITTED', 'REFUSED', 'WITHDRAWN');
CREATE INDEX performance_file_by_state ON performance_file (state, id);

CREATE TABLE performance_revision (
    id BIGINT NOT NULL,
    performance_file_id VARCHAR(36) NOT NULL REFERENCES performance_file (id) ON DELETE RESTRICT,
    revision INTEGER NOT NULL,
    source VARCHAR(20) NOT NULL,
    made_by VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    made_for VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    made_at TIMESTAMPTZ NOT NULL,
    collective_file_id VARCHAR(36) REFERENCES collective_file (id) ON DELETE RESTRICT,
    part_number INTEGER,
    programme VARCHAR(30) NOT NULL,
    employees INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    hours_hundredths BIGINT NOT NULL,
    days_tenths BIGINT NOT NULL,
    full_time_equivalents_ten_thousandths BIGINT NOT NULL,
    report_id BIGINT,
    blocking INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    tested_at TIMESTAMPTZ,
    tested_by VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    CONSTRAINT performance_revision_pkey PRIMARY KEY (id),
    CONSTRAINT performance_revision_count CHECK (revision >= 1),
    CONSTRAINT performance_revision_source CHECK (source IN ('COLLECTIVE_FILE', 'BY_HAND')),
    CONSTRAINT performance_revision_origin CHECK (
        (source = 'COLLECTIVE_FILE') = (collective_file_id IS NOT NULL)
        AND (collective_file_id IS NULL) = (part_number IS NULL)
    ),
    CONSTRAINT performance_revision_programme CHECK (programme IN (
        'GESCO', 'GESCO_KB474', 'DAC', 'WERKERVARING', 'SOCIALE_WERKPLAATS', 'INVOEG', 'ARBEIDSZORG', 'LDE'
    )),
    CONSTRAINT performance_revision_amounts CHECK (
        employees >= 0 AND lines >= 0 AND hours_hundredths >= 0 AND days_tenths >= 0
        AND full_time_equivalents_ten_thousandths >= 0 AND blocking >= 0 AND warnings >= 0
    ),
    CONSTRAINT performance_revision_test CHECK (
        (tested_by IS NULL) = (tested_at IS NULL) AND (tested_at IS NULL OR report_id IS NOT NULL)
    )
);
CREATE UNIQUE INDEX performance_revision_of_file ON performance_revision (performance_file_id, revision);
CREATE INDEX performance_revision_of_collective_file ON performance_revision (collective_file_id, part_number);
CREATE INDEX performance_revision_by_report ON performance_revision (report_id);

CREATE TABLE report (
    id BIGINT NOT NULL,
    collective_file_id VARCHAR(36) REFERENCES collective_file (id) ON DELETE RESTRICT,
    revision_id BIGINT REFERENCES performance_revision (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
    verdict VARCHAR(20) NOT NULL,
    stages JSONB NOT NULL,
    counts JSONB NOT NULL,
    is_capped BOOLEAN NOT NULL,
    rule_set VARCHAR(64) NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT report_pkey PRIMARY KEY (id),
    CONSTRAINT report_subject CHECK ((collective_file_id IS NULL) <> (revision_id IS NULL)),
    CONSTRAINT report_verdict CHECK (verdict IN ('VALID', 'INVALID', 'NOT_FULLY_CHECKED'))
);
CREATE INDEX report_on_collective_file ON report (collective_file_id, id);
CREATE INDEX report_on_revision ON report (revision_id, id);

-- Convention, promotor and programme stand here as the file gives them, right or wrong.
CREATE TABLE collective_file_part (
    id VARCHAR(36) NOT NULL,
    collective_file_id VARCHAR(36) NOT NULL REFERENCES collective_file (id) ON DELETE RESTRICT,
    number INTEGER NOT NULL,
    promotor_number VARCHAR(10) NOT NULL,
    convention_number VARCHAR(20) NOT NULL,
    convention_id VARCHAR(36) REFERENCES convention (id) ON DELETE RESTRICT,
    month VARCHAR(7) NOT NULL,
    programme VARCHAR(30) NOT NULL,
    reference VARCHAR(60),
    delivery_status VARCHAR(1) NOT NULL,
    outcome VARCHAR(40) NOT NULL,
    employees INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    hours_hundredths BIGINT NOT NULL,
    days_tenths BIGINT NOT NULL,
    blocking INTEGER NOT NULL,
    warnings INTEGER NOT NULL,
    performance_file_id VARCHAR(36) REFERENCES performance_file (id) ON DELETE RESTRICT,
    revision_id BIGINT REFERENCES performance_revision (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT collective_file_part_pkey PRIMARY KEY (id),
    CONSTRAINT collective_file_part_number CHECK (number >= 1),
    CONSTRAINT collective_file_part_month CHECK (month ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
    CONSTRAINT collective_file_part_delivery_status CHECK (delivery_status IN ('1', '2', '3')),
    CONSTRAINT collective_file_part_outcome CHECK (outcome IN (
        'LOADED', 'LOADED_WITH_BLOCKING_FINDINGS', 'NOT_LOADED'
    )),
    CONSTRAINT collective_file_part_load CHECK (
        (performance_file_id IS NULL) = (revision_id IS NULL)
        AND (revision_id IS NULL OR outcome <> 'NOT_LOADED')
    ),
    CONSTRAINT collective_file_part_amounts CHECK (
        employees >= 0 AND lines >= 0 AND hours_hundredths >= 0 AND days_tenths >= 0
        AND blocking >= 0 AND warnings >= 0
    )
);
CREATE UNIQUE INDEX collective_file_part_of_file ON collective_file_part (collective_file_id, number);
CREATE INDEX collective_file_part_on_convention ON collective_file_part (convention_id, month);
CREATE INDEX collective_file_part_of_performance_file ON collective_file_part (performance_file_id);
CREATE INDEX collective_file_part_of_revision ON collective_file_part (revision_id);

-- Rows that point at each other are written in either order within one transaction.
ALTER TABLE collective_file ADD CONSTRAINT collective_file_report_id_fkey
    FOREIGN KEY (report_id) REFERENCES report (id)
    ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE performance_file ADD CONSTRAINT performance_file_current_revision_id_fkey
    FOREIGN KEY (current_revision_id) REFERENCES performance_revision (id)
    ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE performance_revision ADD CONSTRAINT performance_revision_report_id_fkey
    FOREIGN KEY (report_id) REFERENCES report (id)
    ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;

-- Who did or tried what. Sequence and hashes make a chain; the triggers below keep its rows as they are.
CREATE TABLE audit_entry (
    sequence BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    user_id VARCHAR(36),
    organisation_id VARCHAR(36),
    action VARCHAR(60) NOT NULL,
    object_kind VARCHAR(40) NOT NULL,
    object_id VARCHAR(60),
    outcome VARCHAR(20) NOT NULL,
    policy_version VARCHAR(64) NOT NULL,
    details JSONB NOT NULL,
    previous_hash VARCHAR(64) NOT NULL,
    hash VARCHAR(64) NOT NULL,
    CONSTRAINT audit_entry_pkey PRIMARY KEY (sequence),
    CONSTRAINT audit_entry_chain CHECK (sequence >= 1 AND length(previous_hash) = 64 AND length(hash) = 64)
);
CREATE INDEX audit_entry_of_organisation ON audit_entry (organisation_id, sequence);
CREATE INDEX audit_entry_on_object ON audit_entry (object_kind, object_id, sequence);

CREATE TABLE policy_version (
    sequence BIGINT NOT NULL,
    version VARCHAR(64) NOT NULL,
    policy TEXT NOT NULL,
    author_id VARCHAR(36) REFERENCES app_user (id) ON DELETE RESTRICT,
    reason VARCHAR(2000) NOT NULL,
    activated_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT policy_version_pkey PRIMARY KEY (sequence),
    CONSTRAINT policy_version_sequence CHECK (sequence >= 1)
);

CREATE TABLE idempotency (
    id VARCHAR(36) NOT NULL,
    organisation_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    user_id VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    key VARCHAR(100) NOT NULL,
    operation VARCHAR(60) NOT NULL,
    request_sha256 VARCHAR(64) NOT NULL,
    result_kind VARCHAR(40) NOT NULL,
    result_id VARCHAR(60) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (id),
    CONSTRAINT idempotency_request_sha256 CHECK (length(request_sha256) = 64)
);
CREATE UNIQUE INDEX idempotency_key ON idempotency (organisation_id, user_id, key);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

CREATE TABLE number_series (
    name VARCHAR(40) NOT NULL,
    next_number BIGINT NOT NULL,
    CONSTRAINT number_series_pkey PRIMARY KEY (name),
    CONSTRAINT number_series_from_one CHECK (next_number >= 1)
);

-- The three tables that only persistence.bulk writes. No foreign keys: they cost more than the rest of the load
-- together, and lines of a revision that does not exist are swept instead.
CREATE TABLE performance_line (
    revision_id BIGINT NOT NULL,
    line_number INTEGER NOT NULL,
    insz VARCHAR(11) NOT NULL,
    employer VARCHAR(10),
    employment_number INTEGER NOT NULL,
    employment_begin DATE NOT NULL,
    employment_end DATE,
    weekly_hours_hundredths INTEGER NOT NULL,
    full_time_hours_hundredths INTEGER NOT NULL,
    code VARCHAR(10) NOT NULL,
    days_tenths INTEGER,
    hours_hundredths INTEGER,
    from_day DATE,
    until_day DATE,
    source_line INTEGER,
    CONSTRAINT performance_line_pkey PRIMARY KEY (revision_id, line_number)
);

CREATE TABLE finding (
    report_id BIGINT NOT NULL,
    finding_number INTEGER NOT NULL,
    part INTEGER,
    code VARCHAR(60) NOT NULL,
    severity VARCHAR(10) NOT NULL,
    line INTEGER,
    column_number INTEGER,
    byte_offset BIGINT,
    path TEXT,
    promotor TEXT,
    convention TEXT,
    month TEXT,
    employee TEXT,
    line_number INTEGER,
    value TEXT,
    expected TEXT,
    sentence_values TEXT NOT NULL,
    CONSTRAINT finding_pkey PRIMARY KEY (report_id, finding_number),
    CONSTRAINT finding_severity CHECK (severity IN ('FILE', 'BLOCKING', 'WARNING', 'INFO'))
);
CREATE INDEX finding_of_part ON finding (report_id, part, finding_number);

-- Which employee stands in which performance file of a month, for the rules that look across files (N-406, N-407).
CREATE TABLE employee_month (
    month VARCHAR(7) NOT NULL,
    insz VARCHAR(11) NOT NULL,
    performance_file_id VARCHAR(36) NOT NULL,
    convention_id VARCHAR(36) NOT NULL,
    permille_of_full_time INTEGER NOT NULL,
    filed_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT employee_month_pkey PRIMARY KEY (month, insz, performance_file_id),
    CONSTRAINT employee_month_permille CHECK (permille_of_full_time >= 0)
);
CREATE INDEX employee_month_of_performance_file ON employee_month (performance_file_id);
CREATE INDEX employee_month_on_convention ON employee_month (convention_id, month);

-- No two unrevoked mandates of one secretariat on one convention share a month. Two transactions at once do not see
-- each other's mandates, so both first lock the convention; the second then sees what the first has committed.
CREATE FUNCTION mandate_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM convention WHERE id = NEW.convention_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM mandate AS other
        WHERE other.convention_id = NEW.convention_id AND other.secretariat_id = NEW.secretariat_id
            AND other.revoked_at IS NULL AND other.id <> NEW.id
            AND other.first_month <= coalesce(NEW.last_month, '9999-12')
            AND NEW.first_month <= coalesce(other.last_month, '9999-12')
    ) THEN
        RAISE EXCEPTION 'mandate_overlap' USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'mandate_overlap';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER mandate_overlap_on_insert BEFORE INSERT ON mandate
    FOR EACH ROW WHEN (NEW.revoked_at IS NULL) EXECUTE FUNCTION mandate_overlap();
CREATE TRIGGER mandate_overlap_on_update BEFORE UPDATE ON mandate
    FOR EACH ROW WHEN (NEW.revoked_at IS NULL) EXECUTE FUNCTION mandate_overlap();

-- Rights are revoked, never deleted; the audit trail only grows. The argument names the rule that was broken.
CREATE FUNCTION row_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_ARGV[0];
END;
$$;
CREATE TRIGGER mandate_is_kept BEFORE DELETE ON mandate
    FOR EACH ROW EXECUTE FUNCTION row_is_kept('mandate_is_kept');
CREATE TRIGGER mandate_is_not_truncated BEFORE TRUNCATE ON mandate
    FOR EACH STATEMENT EXECUTE FUNCTION row_is_kept('mandate_is_kept');
CREATE TRIGGER role_grant_is_kept BEFORE DELETE ON role_grant
    FOR EACH ROW EXECUTE FUNCTION row_is_kept('role_grant_is_kept');
CREATE TRIGGER role_grant_is_not_truncated BEFORE TRUNCATE ON role_grant
    FOR EACH STATEMENT EXECUTE FUNCTION row_is_kept('role_grant_is_kept');
CREATE TRIGGER audit_entry_is_not_changed BEFORE UPDATE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION row_is_kept('audit_entry_is_kept');
CREATE TRIGGER audit_entry_is_not_deleted BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION row_is_kept('audit_entry_is_kept');
CREATE TRIGGER audit_entry_is_not_truncated BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION row_is_kept('audit_entry_is_kept');
