// What of a schema breaks its clients, compared with an older one: a JSON line for each change, by graphql-inspector.
import { readFileSync } from "node:fs";
import { diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const [before, after] = process.argv.slice(2).map((path) => buildSchema(readFileSync(path, "utf8")));
for (const { criticality, path, message } of await diff(before, after)) {
  if (criticality.level === "BREAKING") console.log(JSON.stringify([path, message]));
}
