"""What a user wants done, one module an intention; the one floor that knows rights, keeping and checking together."""
