// Relay's runtime without React: a store that is filled by mutations, pages and events.
const {
  Environment, Network, Observable, RecordSource, Store,
  commitMutation, createOperationDescriptor, fetchQuery, getPaginationMetadata, getPaginationVariables, getSelector,
  requestSubscription,
} = require("relay-runtime");
const { createClient } = require("graphql-ws");
const WebSocket = require("ws");
const desk = require("./desk.js");

const [url, key] = process.argv.slice(2);
const tell = (name, value) => console.log(JSON.stringify([name, value]));
const authorization = `Bearer ${key}`;
const socket = createClient({
  url: `${url.replace("http", "ws")}/graphql`,
  connectionParams: { authorization },
  webSocketImpl: WebSocket,
});
const ask = async ({ text }, variables) => {
  const headers = { authorization, "content-type": "application/json" };
  const answer = await fetch(`${url}/graphql`, { method: "POST", headers, body: JSON.stringify({ query: text, variables }) });
  return answer.json();
};
const listen = ({ text }, variables) => Observable.create((sink) => socket.subscribe({ query: text, variables }, sink));
const environment = new Environment({ network: Network.create(ask, listen), store: new Store(new RecordSource()) });

const mutate = (mutation, input) =>
  new Promise((onCompleted, onError) =>
    commitMutation(environment, { mutation, variables: { input }, onCompleted, onError }),
  );
const shown = (query, variables = {}) =>
  environment.lookup(createOperationDescriptor(query, variables).fragment).data;

// What usePaginationFragment does: the whole list as the store has it, and the next page into it, until there is none.
async function* pages(fragment, parent) {
  const { connectionPathInFragmentData: path, paginationRequest, paginationMetadata } = getPaginationMetadata(fragment, "main");
  for (;;) {
    const selector = getSelector(fragment, parent());
    const connection = path.reduce((data, name) => data[name], environment.lookup(selector).data);
    yield connection.edges.map(({ node }) => node);
    const { hasNextPage, endCursor } = connection.pageInfo;
    if (!hasNextPage) return;
    const next = getPaginationVariables("forward", 2, endCursor, selector.variables, {}, paginationMetadata);
    await fetchQuery(environment, paginationRequest, { ...next, id: parent().id ?? next.id }).toPromise();
  }
}
const all = async (generator, of) => {
  const found = [];
  for await (const nodes of generator) found.push(nodes.map(of));
  return found;
};

(async () => {
  const ids = [];
  for (const number of [1, 2, 3, 4, 5]) {
    const { createTicket } = await mutate(desk.create, { subject: `Ticket ${number}` });
    ids.push(createTicket.ticket.id);
  }
  await fetchQuery(environment, desk.listQuery, {}).toPromise();
  tell("pages", await all(pages(desk.list, () => shown(desk.listQuery)), ({ subject }) => subject));

  const id = ids[0];
  const one = (await fetchQuery(environment, desk.ticketQuery, { id }).toPromise()).ticket.status;
  const { resolveTicket } = await mutate(desk.resolve, { id, resolution: "Done" });
  tell("resolved", [one, resolveTicket.ticket.status, shown(desk.ticketQuery, { id }).ticket.status]);
  tell("refused", (await mutate(desk.resolve, { id, resolution: "Done" })).resolveTicket.errors);
  const ticket = () => shown(desk.ticketQuery, { id }).ticket;
  await fetchQuery(environment, desk.ticketQuery, { id }, { networkCacheConfig: { force: true } }).toPromise();
  tell("history", await all(pages(desk.history, ticket), ({ type }) => type));

  const events = [];
  await new Promise((done, onError) => {
    const subscription = requestSubscription(environment, {
      subscription: desk.events,
      variables: { after: 0 },
      onNext({ events: { position, type, subject } }) {
        events.push([position, type, subject.status]);
        if (events.length < 6) return;
        subscription.dispose();
        done();
      },
      onError,
    });
  });
  tell("events", events);
  await socket.dispose();
})();
