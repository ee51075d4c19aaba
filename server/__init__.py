"""What runs: the composition root, settings, the command line, endpoints beside GraphQL, the worker."""
