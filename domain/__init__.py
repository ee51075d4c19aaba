"""Values, vocabulary and errors that every floor may speak of; the standard library and nothing else."""
