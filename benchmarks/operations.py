"""The workloads in the words of deskgraph and of the peer; the floor has them in Cypher.

W1 a ticket by id with its neighbours and last five activities; W2 the first 50 open tickets of high priority with
contact and assignee; W3 100 tickets, their contacts, their organizations, five contacts of each; W4 a ticket created
for a contact; W5 a ticket assigned to another user; W6 page 500 of a list; W7 the tickets of 30 days counted by
organization and priority.

What the peer's reads filter and sort by besides (all moments before 2100, every id) changes no row: by it the planner
walks the index that deskgraph has, and without it the library's lists sort all tickets, several times slower.
Page 500 is a filter too: the library's own paging skips rows. The peer's writes leave out the event, the version and
the edge to the organization, which its users reach through the contact.
"""

from __future__ import annotations

import re
from typing import Any

DESKGRAPH = {
    "W1": """query ($id: ID!) { ticket(id: $id) { id number subject status priority
  contact { id name email } organization { id name } assignee { id name }
  activities(first: 5) { nodes { id type note createdAt } } } }""",
    "W2": """{ tickets(filter: {status: {eq: OPEN}, priority: {eq: HIGH}}, first: 50) { nodes {
  id number subject createdAt contact { id name } assignee { id name } } } }""",
    "W3": """{ tickets(first: 100) { nodes { id subject contact { id name organization { id name
  contacts(first: 5) { nodes { id name } } } } } } }""",
    "W4": """mutation ($contact: ID!) { createTicket(
  input: {subject: "Cannot access billing portal", priority: HIGH, channel: EMAIL, contact: $contact}
) { ticket { id status contact { id } organization { id } } errors { code } } }""",
    "W5": """mutation ($id: ID!, $agent: ID!) { assignTicket(input: {id: $id, agent: $agent}) {
  ticket { id assignee { id } } errors { code } } }""",
    "W6": "query ($after: String) { tickets(first: 50, after: $after) { nodes { id subject } } }",
    "W7": """query ($since: DateTime!) { ticketCounts(
  by: [ORGANIZATION, PRIORITY], filter: {createdAt: {gte: $since}}, first: 10000
) { organization { id } priority count } }""",
}
EVERY = 'createdAt: {lt: "2100-01-01T00:00:00Z"}, id: {startsWith: ""}'
NEWEST = "{createdAt: DESC}, {id: DESC}"
PEER = {
    "W1": f"""query ($workspace: String!, $id: ID!) {{ tickets(
  where: {{workspace: {{eq: $workspace}}, id: {{eq: $id}}}}
) {{ id number subject status priority contact {{ id name email }} organization {{ id name }} assignee {{ id name }}
  activities(limit: 5, sort: [{NEWEST}]) {{ id type note created }} }} }}""",
    "W2": f"""query ($workspace: String!) {{ tickets(limit: 50,
  where: {{workspace: {{eq: $workspace}}, status: {{eq: OPEN}}, priority: {{eq: HIGH}}, {EVERY}}},
  sort: [{{workspace: DESC}}, {{status: DESC}}, {{priority: DESC}}, {NEWEST}]
) {{ id number subject created contact {{ id name }} assignee {{ id name }} }} }}""",
    "W3": f"""query ($workspace: String!) {{ tickets(limit: 100,
  where: {{workspace: {{eq: $workspace}}, {EVERY}}}, sort: [{{workspace: DESC}}, {NEWEST}]
) {{ id subject contact {{ id name organization {{ id name
  contacts(limit: 5, sort: [{NEWEST}]) {{ id name }} }} }} }} }}""",
    "W4": """mutation ($workspace: String!, $contact: ID!) { createTickets(input: [{
  workspace: $workspace, subject: "Cannot access billing portal", priority: HIGH, channel: EMAIL,
  contact: {connect: [{where: {node: {workspace: {eq: $workspace}, id: {eq: $contact}}}}]}
}]) { tickets { id status contact { id organization { id } } } } }""",
    "W5": """mutation ($workspace: String!, $id: ID!, $agent: ID!) { updateTickets(
  where: {workspace: {eq: $workspace}, id: {eq: $id}},
  update: {assignee: [{
    disconnect: [{where: {node: {NOT: {id: {eq: $agent}}}}}],
    connect: [{where: {node: {workspace: {eq: $workspace}, id: {eq: $agent}}}}]}]}
) { tickets { id assignee { id } } } }""",
    "W6": f"""query ($workspace: String!, $at: DateTime!) {{ tickets(limit: 50,
  where: {{workspace: {{eq: $workspace}}, createdAt: {{lt: $at}}, id: {{startsWith: ""}}}},
  sort: [{{workspace: DESC}}, {NEWEST}]
) {{ id subject }} }}""",
    "W7": """query ($workspace: String!, $since: String!) { ticketCounts(workspace: $workspace, since: $since) {
  organization priority tickets } }""",
}


def body(text: str, given: dict[str, str]) -> dict[str, Any]:
    """The request: a text with those of the given variables that it declares."""
    return {"query": text, "variables": {name: given[name] for name in re.findall(r"\$(\w+):", text)}}
