"""Cutting a file into slices and pieces that can be read apart from each other."""
