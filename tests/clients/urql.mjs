// urql against a server: what it reads and writes, what it hears over WebSocket and server-sent events, what is refused.
import { Client, cacheExchange, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { createClient as streaming } from "graphql-sse";
import { createClient as connecting } from "graphql-ws";
import WebSocket from "ws";

const [url, key] = process.argv.slice(2);
const tell = (name, value) => console.log(JSON.stringify([name, value]));

const headers = { authorization: `Bearer ${key}` };
const socket = connecting({
  url: `${url.replace("http", "ws")}/graphql`,
  connectionParams: headers,
  webSocketImpl: WebSocket,
});
const stream = streaming({ url: `${url}/graphql/stream`, headers });
const over = (transport) =>
  subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({ unsubscribe: transport.subscribe({ query: query ?? "", variables }, sink) }),
    }),
  });
const options = { url: `${url}/graphql`, preferGetMethod: false, fetchOptions: { headers } };
const client = (exchange) => new Client({ ...options, exchanges: [cacheExchange, fetchExchange, exchange] });
const desk = client(over(socket));

const CREATE = gql`
  mutation Create($input: CreateTicketInput!) {
    createTicket(input: $input) { ticket { id subject } errors { code field } }
  }
`;
const LIST = gql`{ tickets(orderBy: [{ number: ASC }]) { nodes { id subject } } }`;
const additionalTypenames = ["Ticket"]; // what an empty list is of: urql's document cache can't see it
const subjects = async () =>
  (await desk.query(LIST, {}, { additionalTypenames })).data.tickets.nodes.map(({ subject }) => subject);
tell("before", await subjects());
for (const subject of ["One", "Two"]) {
  const { data } = await desk.mutation(CREATE, { input: { subject } }).toPromise();
  tell("created", [data.createTicket.ticket.subject, data.createTicket.errors]);
}
tell("after", await subjects()); // not the cached answer: the mutations' had a Ticket
const { data: none } = await desk.mutation(CREATE, { input: { subject: "Three", contact: "contact_nothere" } });
tell("refused", none.createTicket.errors);

const code = ({ error }) => error.graphQLErrors.map(({ extensions }) => extensions.code);
tell("input", code(await desk.query(gql`{ tickets(first: 101) { totalCount } }`, {})));
tell("validation", code(await desk.query(gql`{ nonsense }`, {})));

const EVENTS = gql`subscription Events($after: Long) { events(after: $after) { position type } }`;
const heard = (from, after, count) =>
  new Promise((done) => {
    const results = [];
    const { unsubscribe } = from.subscription(EVENTS, { after }).subscribe((result) => {
      if (result.error) return done(code(result));
      results.push([result.data.events.position, result.data.events.type]);
      if (results.length < count) return;
      done(results);
      setTimeout(() => unsubscribe());
    });
  });
// urql asks for streams by itself, too, with the Accept header that it sends everywhere.
const own = new Client({ ...options, url: `${url}/graphql/stream`, fetchSubscriptions: true, exchanges: [fetchExchange] });
for (const [name, from] of Object.entries({ socket: desk, stream: client(over(stream)), own })) {
  tell(name, await heard(from, 0, 2));
  tell(`${name}'s cursor`, await heard(from, 1000, 1));
}
await socket.dispose();
process.exit(); // streams stay open
