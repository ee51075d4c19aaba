"""Bytes in, findings out: checking collective files and the lines of performance files; no database, no network."""
