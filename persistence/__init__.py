"""Keeping what must be kept: the database in domain words, and the store of uploaded bytes."""
