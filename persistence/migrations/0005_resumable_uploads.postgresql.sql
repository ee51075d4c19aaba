-- Files that come in over several requests, until a mutation takes them in or they expire.
CREATE TABLE resumable_upload (
    id VARCHAR(36) NOT NULL,
    organisation_id VARCHAR(36) NOT NULL REFERENCES organisation (id) ON DELETE RESTRICT,
    user_id VARCHAR(36) NOT NULL REFERENCES app_user (id) ON DELETE RESTRICT,
    file_name VARCHAR(200) NOT NULL,
    size_bytes BIGINT NOT NULL,
    received_bytes BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    collective_file_id VARCHAR(36) REFERENCES collective_file (id) ON DELETE RESTRICT,
    CONSTRAINT resumable_upload_pkey PRIMARY KEY (id),
    CONSTRAINT resumable_upload_received CHECK (received_bytes BETWEEN 0 AND size_bytes)
);
CREATE INDEX resumable_upload_of_sender ON resumable_upload (user_id, organisation_id);
CREATE INDEX resumable_upload_by_expiry ON resumable_upload (expires_at);

-- What came in of them so far: each stretch of bytes is written once under a key of its own.
CREATE TABLE resumable_segment (
    upload_id VARCHAR(36) NOT NULL REFERENCES resumable_upload (id) ON DELETE CASCADE,
    first_byte BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    store_key VARCHAR(100) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    CONSTRAINT resumable_segment_pkey PRIMARY KEY (upload_id, first_byte),
    CONSTRAINT resumable_segment_not_empty CHECK (size_bytes >= 1)
);
CREATE UNIQUE INDEX resumable_segment_key ON resumable_segment (store_key);
