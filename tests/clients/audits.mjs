// Runs the audits of graphql-http against a server and prints the status of each, by its id and name.
import { serverAudits } from "graphql-http";

const [url, key] = process.argv.slice(2);
const fetchFn = (target, init = {}) =>
  fetch(target, { ...init, headers: { ...init.headers, Authorization: `Bearer ${key}` } });

for (const audit of serverAudits({ url: `${url}/graphql`, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  console.log(JSON.stringify({ id, name, status, reason }));
}
