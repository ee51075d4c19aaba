-- By which XML schema a file was checked: SHA-256 of its text. Older reports come from the only one there was so far.
ALTER TABLE report ADD COLUMN schema_sha256 VARCHAR(64);
UPDATE report SET schema_sha256 = 'a705229abc870d8615b2bc0433665ea70b57e1a189af36951ad654ea1d093460' WHERE collective_file_id IS NOT NULL;
