// The peer: Neo4j's GraphQL library behind Apollo's standalone server, on the graph that deskgraph keeps.
// NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and API_KEY are read from the environment, and PORT, which may be 0.
import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Neo4jGraphQL } from "@neo4j/graphql";
import { GraphQLError, GraphQLScalarType } from "graphql";
import neo4j from "neo4j-driver";

const { NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD, API_KEY, PORT = "4000" } = process.env;
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USERNAME, NEO4J_PASSWORD));
const typeDefs = readFileSync(new URL("schema.graphql", import.meta.url), "utf8");
const Moment = new GraphQLScalarType({ name: "Moment", serialize: String });
const schema = await new Neo4jGraphQL({ typeDefs, driver, resolvers: { Moment } }).getSchema();
const server = new ApolloServer({ schema });

async function context({ req }) {
  if (req.headers.authorization === `Bearer ${API_KEY}`) return {};
  throw new GraphQLError("The API key is wrong.", { extensions: { code: "UNAUTHENTICATED", http: { status: 401 } } });
}

const { url } = await startStandaloneServer(server, { context, listen: { host: "127.0.0.1", port: Number(PORT) } });
console.log(`listening on ${url}`);

process.on("SIGTERM", async () => {
  await server.stop();
  await driver.close();
});
