"""What clients see: GraphQL types, resolvers, dataloaders and the wire form of errors."""
