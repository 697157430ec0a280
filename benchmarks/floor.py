"""The floor: the same workloads by hand-written Cypher behind bare Starlette routes with orjson, and nothing else."""

from __future__ import annotations

import itertools
import os
import secrets

import neo4j
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

WORKSPACE = os.environ.get("DESKGRAPH_WORKSPACE", "bench")
READS = {
    "W1": """MATCH (t:Ticket {workspace: $workspace, id: $id})
RETURN t {.id, .number, .subject, .status, .priority,
  contact: head(COLLECT { MATCH (t)<-[:RAISED]-(c:Contact) RETURN c {.id, .name, .email} }),
  organization: head(COLLECT { MATCH (t)-[:ABOUT]->(o:Organization) RETURN o {.id, .name} }),
  assignee: head(COLLECT { MATCH (t)-[:ASSIGNED_TO]->(u:User) RETURN u {.id, .name} }),
  activities: COLLECT { MATCH (t)<-[:ON]-(a:Activity) WITH a ORDER BY a.createdAt DESC, a.id DESC LIMIT 5
    RETURN a {.id, .type, .note, createdAt: toString(a.createdAt)} }
} AS data""",
    "W2": """MATCH (t:Ticket) USING INDEX SEEK t:Ticket(workspace, status, priority, createdAt, id)
WHERE t.workspace = $workspace AND t.status = 'OPEN' AND t.priority = 'HIGH'
  AND t.createdAt IS NOT NULL AND t.id IS NOT NULL
WITH t ORDER BY t.workspace DESC, t.status DESC, t.priority DESC, t.createdAt DESC, t.id DESC LIMIT 50
RETURN collect(t {.id, .number, .subject, createdAt: toString(t.createdAt),
  contact: head(COLLECT { MATCH (t)<-[:RAISED]-(c:Contact) RETURN c {.id, .name} }),
  assignee: head(COLLECT { MATCH (t)-[:ASSIGNED_TO]->(u:User) RETURN u {.id, .name} })
}) AS data""",
    "W3": """MATCH (t:Ticket) USING INDEX SEEK t:Ticket(workspace, createdAt, id)
WHERE t.workspace = $workspace AND t.createdAt IS NOT NULL AND t.id IS NOT NULL
WITH t ORDER BY t.workspace DESC, t.createdAt DESC, t.id DESC LIMIT 100
RETURN collect(t {.id, .subject,
  contact: head(COLLECT { MATCH (t)<-[:RAISED]-(c:Contact) RETURN c {.id, .name,
    organization: head(COLLECT { MATCH (c)-[:WORKS_AT]->(o:Organization) RETURN o {.id, .name,
      contacts: COLLECT { MATCH (o)<-[:WORKS_AT]-(d:Contact) WITH d ORDER BY d.createdAt DESC, d.id DESC LIMIT 5
        RETURN d {.id, .name} } } }) } })
}) AS data""",
    "W6": """MATCH (t:Ticket) USING INDEX SEEK t:Ticket(workspace, createdAt, id)
WHERE t.workspace = $workspace AND t.createdAt IS NOT NULL AND t.id IS NOT NULL AND t.createdAt <= datetime($at)
  AND CASE WHEN t.createdAt = datetime($at) THEN t.id < $last ELSE true END
WITH t ORDER BY t.workspace DESC, t.createdAt DESC, t.id DESC LIMIT 50
RETURN collect(t {.id, .subject}) AS data""",
    "W7": """MATCH (t:Ticket {workspace: $workspace})-[:ABOUT]->(o:Organization) WHERE t.createdAt >= datetime($since)
WITH o, t.priority AS priority, count(*) AS tickets
RETURN collect({organization: o.id, priority: priority, tickets: tickets}) AS data""",
}
WRITES = {
    "W4": """WITH datetime({epochMillis: timestamp()}) AS at
MATCH (c:Contact {id: $contact, workspace: $workspace})
CREATE (t:Ticket {id: $new, workspace: $workspace, version: 1, createdAt: at, updatedAt: at, number: $number, level: 0,
  subject: 'Cannot access billing portal', status: 'OPEN', priority: 'HIGH', priorityRank: 2, channel: 'EMAIL'})
CREATE (c)-[:RAISED]->(t)
SET c.lock = true REMOVE c.lock
CALL (t, c) { MATCH (c)-[:WORKS_AT]->(o:Organization) CREATE (t)-[:ABOUT]->(o) }
CREATE (:Event:Pending {id: $event, workspace: $workspace, type: 'ticket.created', subjectId: t.id, subjectVersion: 1,
  data: '{"$id":"' + t.id + '","priority":"HIGH","contact":"' + c.id + '"}', actor: 'floor', depth: 0,
  at: at})-[:OF]->(t)
RETURN t {.id, .status, contact: c {.id},
  organization: head(COLLECT { MATCH (t)-[:ABOUT]->(o:Organization) RETURN o {.id} })} AS data""",
    "W5": """WITH datetime({epochMillis: timestamp()}) AS at
MATCH (u:User {id: $agent, workspace: $workspace})
MATCH (t:Ticket {id: $id, workspace: $workspace})
SET t.lock = true
WITH at, u, t
SET t.version = t.version + 1, t.updatedAt = at REMOVE t.lock
CALL (t) { MATCH (t)-[old:ASSIGNED_TO]->() DELETE old }
CREATE (t)-[:ASSIGNED_TO]->(u)
SET u.lastAssignedAt = at
CREATE (:Event:Pending {id: $event, workspace: $workspace, type: 'ticket.assigned', subjectId: t.id,
  subjectVersion: t.version, data: '{"$id":"' + t.id + '","agent":"' + u.id + '"}', actor: 'floor', depth: 0,
  at: at})-[:OF]->(t)
RETURN t {.id, assignee: u {.id}} AS data""",
}


def parameters(query: str, given: dict[str, str]) -> dict[str, str]:
    """Those of the given values that the query has as parameters; the route gives the workspace."""
    return {name: value for name, value in given.items() if f"${name}" in query and name != "workspace"}


def app() -> Starlette:
    """A route for each workload; the body has the query's parameters."""
    auth = (os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"])
    driver = neo4j.AsyncGraphDatabase.driver(os.environ["NEO4J_URI"], auth=auth, initial_retry_delay=0.02)
    numbers = itertools.count(1_000_000)

    async def read(request: Request) -> Response:
        parameters = orjson.loads(await request.body() or b"{}")
        async with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            query = "CYPHER 25\n" + READS[request.path_params["name"]]
            record = await (await session.run(query, parameters, workspace=WORKSPACE)).single(strict=True)
        return _answer(record)

    async def write(request: Request) -> Response:
        made = {"new": f"ticket_{secrets.token_hex(8)}", "event": f"event_{secrets.token_hex(8)}"}
        parameters = orjson.loads(await request.body()) | made | {"number": next(numbers), "workspace": WORKSPACE}
        query = "CYPHER 25\n" + WRITES[request.path_params["name"]]

        async def work(tx: neo4j.AsyncManagedTransaction) -> neo4j.Record:
            return await (await tx.run(query, parameters)).single(strict=True)

        async with driver.session(default_access_mode=neo4j.WRITE_ACCESS) as session:
            return _answer(await session.execute_write(work))

    routes = [Route("/read/{name}", read, methods=["POST"]), Route("/write/{name}", write, methods=["POST"])]
    return Starlette(routes=routes)


def _answer(record: neo4j.Record) -> Response:
    return Response(orjson.dumps({"data": record.value()}), media_type="application/json")
