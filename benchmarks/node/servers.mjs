// Servers from npm on our schema, answering from memory: `node servers.mjs yoga|mercurius PORT SCHEMA ANSWERS`.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import Fastify from "fastify";
import { createSchema, createYoga } from "graphql-yoga";
import mercurius from "mercurius";

const [name, port, schemaPath, answersPath] = process.argv.slice(2);
const typeDefs = readFileSync(schemaPath, "utf8");
const answers = JSON.parse(readFileSync(answersPath, "utf8"));
const Query = Object.fromEntries(Object.keys(answers).map((field) => [field, async () => answers[field]]));

if (name === "yoga") {
  const schema = createSchema({ typeDefs, resolvers: { Query }, resolverValidationOptions: { requireResolversForResolveType: "ignore" } });
  createServer(createYoga({ schema, logging: false, graphiql: false })).listen(Number(port), "127.0.0.1");
} else {
  const app = Fastify();
  // Compiled at the first request.
  app.register(mercurius, { schema: typeDefs, resolvers: { Query }, jit: 1, path: "/graphql" });
  await app.listen({ port: Number(port), host: "127.0.0.1" });
}
