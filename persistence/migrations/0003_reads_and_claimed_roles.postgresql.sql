-- Who read which performance file, and which roles a token gave at an upload.

-- Roles of the uploader by his token (`uploader,submitter`), where tokens say roles; null where the database does.
ALTER TABLE collective_file ADD COLUMN claimed_roles VARCHAR(200);

-- Each performance file that an audit entry of reading names; the entry holds the same in its details, in the chain.
CREATE TABLE performance_file_read (
    performance_file_id VARCHAR(36) NOT NULL REFERENCES performance_file (id) ON DELETE RESTRICT,
    sequence BIGINT NOT NULL REFERENCES audit_entry (sequence) ON DELETE RESTRICT,
    CONSTRAINT performance_file_read_pkey PRIMARY KEY (performance_file_id, sequence)
);
CREATE INDEX performance_file_read_of_entry ON performance_file_read (sequence);
