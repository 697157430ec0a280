// A subscriber over server-sent events that outlives restarts of the server: it says what it has seen.
import { createClient } from "graphql-sse";

const [url, key, query] = process.argv.slice(2);
let seen;

const client = createClient({
  url: `${url}/graphql/stream`,
  headers: () => ({
    authorization: `Bearer ${key}`,
    ...(seen === undefined ? {} : { "last-event-id": String(seen) }),
  }),
  retryAttempts: 1000,
  retry: () => new Promise((done) => setTimeout(done, 100)),
});

const tell = (what) => console.log(JSON.stringify(what));
client.subscribe(
  { query },
  {
    next(result) {
      seen = result.data?.events?.position;
      tell(result);
    },
    error: (error) => tell({ error: String(error) }),
    complete: () => tell("complete"),
  },
);
