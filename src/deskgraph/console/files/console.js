const STORED = "deskgraph.key";
const HTTP = new URL(location.pathname, location.origin);
const SOCKET = new URL(HTTP.href.replace(/^http/, "ws"));
const QUERY = `# The newest tickets. Ctrl-Enter runs this.
query Tickets {
  tickets(first: 10, orderBy: {createdAt: DESC}) {
    nodes {
      number
      subject
      status
      priority
      contact {
        name
      }
      organization {
        name
      }
      assignee {
        name
        openTickets
      }
    }
  }
}
`;

const page = document.querySelector("#graphiql");
const form = document.querySelector("form");
const root = ReactDOM.createRoot(page);

/** Take the key out of the address, which may be seen and shared, and keep it for as long as this tab lives. */
function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem(STORED, given);
    history.replaceState(null, "", HTTP);
  }
  return sessionStorage.getItem(STORED);
}

function authorization(key) {
  return { authorization: `Bearer ${key}` };
}

/** Open the console with a key that the server accepts; otherwise ask for one. */
async function enter(key) {
  if (!key) return ask("");
  if (!/^[ -~]+$/.test(key)) return refuse(); // a header can't carry it, so it is nobody's
  const headers = { "content-type": "application/json", ...authorization(key) };
  const request = send(HTTP, { method: "POST", headers, body: '{"query": "{ __typename }"}' });
  const response = await request.catch(() => null);
  if (!response) return ask("The server does not answer.");
  if (response.status !== 401) show(key);
}

/** fetch, which asks for the key again when the server refuses it. */
async function send(...request) {
  const response = await fetch(...request);
  if (response.status === 401) refuse();
  return response;
}

function refuse() {
  sessionStorage.removeItem(STORED);
  ask("The server refused this key.");
}

function ask(message) {
  form.querySelector("[role=alert]").textContent = message;
  form.hidden = false;
  page.inert = true;
  form.key.select();
}

function show(key) {
  sessionStorage.setItem(STORED, key);
  form.reset();
  form.hidden = true;
  page.inert = false;
  const fetcher = GraphiQL.createFetcher({
    url: HTTP.href,
    headers: authorization(key),
    fetch: send,
    subscriptionUrl: SOCKET.href,
    wsConnectionParams: authorization(key),
  });
  root.render(
    React.createElement(
      GraphiQL,
      {
        fetcher,
        defaultQuery: QUERY,
        storage: GraphiQL.createLocalStorage({ namespace: "deskgraph" }),
        isHeadersEditorEnabled: false,
        shouldPersistHeaders: false,
      },
      React.createElement(GraphiQL.Logo, null, "deskgraph"),
      React.createElement(FirstRun),
    ),
  );
}

/** Runs the query that the console begins with, so that there is something to see; never one of the user's own. */
function FirstRun() {
  const { queryEditor, responseEditor } = GraphiQL.React.useEditorContext();
  const { run } = GraphiQL.React.useExecutionContext();
  const ran = React.useRef(false);
  React.useEffect(() => {
    if (ran.current || !queryEditor || !responseEditor) return;
    ran.current = true;
    if (queryEditor.getValue() === QUERY) run();
  });
  return null;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(""); // so that the same refusal is told once more
  enter(form.key.value.trim());
});
addEventListener("hashchange", () => enter(takeKey()));
enter(takeKey());
