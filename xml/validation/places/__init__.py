"""Where something stands in a file: offsets, lines, columns and paths."""
