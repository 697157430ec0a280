// A subscriber over WebSocket that graphql-ws brings back after a break. The variables are sent anew each time, so it
// keeps the position in them. It stops reading after as many events as told, and goes on when it is told to.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, key, query, pauseAfter] = process.argv.slice(2);
const variables = { after: 0 };
let count = 0;
let socket;

class Plain extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { perMessageDeflate: false });
    socket = this;
  }
}

const tell = (what) => console.log(JSON.stringify(what));
const client = createClient({
  url,
  connectionParams: { authorization: `Bearer ${key}` },
  webSocketImpl: Plain,
  retryAttempts: 1000,
  shouldRetry: () => true, // also while the server is not there: by default only what closes a socket counts
  retryWait: () => new Promise((done) => setTimeout(done, 100)),
  on: { closed: ({ code, reason }) => code === 1006 || tell({ code, reason }) },
});

client.subscribe(
  { query, variables },
  {
    next({ data }) {
      variables.after = data.events.position;
      tell(data.events.position);
      if (++count === Number(pauseAfter)) socket.pause();
    },
    error: (error) => tell({ error: String(error) }),
    complete: () => tell("complete"),
  },
);
process.stdin.on("data", () => socket.resume());
