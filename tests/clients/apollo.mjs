// Apollo Client against a server: what it reads, writes, keeps in its cache, pages through, hears, and is refused.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, ServerError, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, key] = process.argv.slice(2);
const tell = (name, value) => console.log(JSON.stringify([name, value]));

const authorization = `Bearer ${key}`;
const socket = createClient({
  url: `${url.replace("http", "ws")}/graphql`,
  connectionParams: { authorization },
  webSocketImpl: WebSocket,
});
const http = (headers) => new HttpLink({ uri: `${url}/graphql`, headers });
const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === "subscription",
    new GraphQLWsLink(socket),
    http({ authorization }),
  ),
  cache: new InMemoryCache({
    typePolicies: { Query: { fields: { tickets: relayStylePagination(["filter", "orderBy"]) } } },
  }),
});

// Mutations with variables.
const CREATE = gql`
  mutation Create($input: CreateTicketInput!) {
    createTicket(input: $input) { ticket { id subject status } errors { code field } }
  }
`;
const ids = [];
for (const number of [1, 2, 3, 4, 5]) {
  const { data } = await client.mutate({ mutation: CREATE, variables: { input: { subject: `Ticket ${number}` } } });
  const { id, ...ticket } = data.createTicket.ticket;
  ids.push(id);
  tell("created", [ticket, data.createTicket.errors]);
}

// The cache: one ticket under one name, whoever brings it.
const ONE = gql`query One($id: ID!) { ticket(id: $id) { id subject status } }`;
const one = { query: ONE, variables: { id: ids[0] } };
tell("queried", (await client.query(one)).data.ticket.status);
const seen = [];
const watching = client.watchQuery(one).subscribe(({ data }) => seen.push(data.ticket.status));
const RESOLVE = gql`
  mutation Resolve($id: ID!) {
    resolveTicket(input: { id: $id, resolution: "Done" }) { ticket { id status } errors { code } }
  }
`;
await client.mutate({ mutation: RESOLVE, variables: { id: ids[0] } });
tell("cached", client.readQuery(one).ticket.status);
tell("watched", seen);
watching.unsubscribe();
tell("names", Object.keys(client.cache.extract()).filter((name) => name.startsWith("Ticket:")).length);
tell("named", client.cache.extract()[`Ticket:${ids[0]}`].subject);
const { data: refused } = await client.mutate({ mutation: RESOLVE, variables: { id: ids[0] } });
tell("refused", refused.resolveTicket.errors.map(({ code }) => code));

// Pages: fetchMore adds to the list that relayStylePagination keeps.
const PAGE = gql`
  query Page($after: String) {
    tickets(first: 2, after: $after, orderBy: [{ number: ASC }]) {
      edges { node { id subject } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
const list = client.watchQuery({ query: PAGE });
await client.query({ query: PAGE });
const pages = [];
for (;;) {
  const { edges, pageInfo } = client.readQuery({ query: PAGE }).tickets;
  pages.push(edges.map(({ node }) => node.subject));
  if (!pageInfo.hasNextPage) break;
  await list.fetchMore({ variables: { after: pageInfo.endCursor } });
}
tell("pages", pages);

// Errors, with their codes.
const failure = (asked) => asked.then(() => null, (error) => error);
const codes = (error) => CombinedGraphQLErrors.is(error) && error.errors.map(({ extensions }) => extensions.code);
tell("input", codes(await failure(client.query({ query: gql`{ tickets(first: 101) { totalCount } }` }))));
tell("validation", codes(await failure(client.query({ query: gql`{ nonsense }` }))));
const stranger = new ApolloClient({ link: http({}), cache: new InMemoryCache() });
const stopped = await failure(stranger.query(one));
tell("key", ServerError.is(stopped) && [stopped.statusCode, JSON.parse(stopped.bodyText).errors[0].extensions.code]);

// Subscriptions.
const EVENTS = gql`subscription Events($after: Long) { events(after: $after, types: ["ticket.*"]) { position type } }`;
const events = [];
await new Promise((done, failed) => {
  const subscription = client.subscribe({ query: EVENTS, variables: { after: 0 } }).subscribe({
    next({ data }) {
      events.push([data.events.position, data.events.type]);
      if (events.length < 6) return;
      subscription.unsubscribe();
      done();
    },
    error: failed,
  });
});
tell("events", events);
const cursor = await new Promise((done) =>
  client.subscribe({ query: EVENTS, variables: { after: 1000 } }).subscribe({ next: done, error: done }),
);
tell("cursor", codes(cursor.error ?? cursor));
await socket.dispose();
