"""Making collective files: written, generated, and the samples."""
