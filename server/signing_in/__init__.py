"""Who asks: bearer tokens verified against their issuer, by its keys or its word, and what they say of the caller."""
