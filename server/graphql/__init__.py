"""GraphQL on the wire: over HTTP, WebSocket and server-sent events, with files, and the IDE."""
