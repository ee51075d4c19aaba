-- How often the check of a file was interrupted by an outage, and quick ways to the file that shows a revision.

-- Interruptions are not the fault of the file, so they count apart from its attempts; too many of them are.
ALTER TABLE collective_file ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;

-- Deleting revisions asks which performance file shows them.
CREATE INDEX performance_file_by_current_revision ON performance_file (current_revision_id);
