// An event and what led to it, the first cause first.
MATCH path = (event:Event {id: $event, workspace: $workspace})-[:CAUSED_BY*0..32]->(first:Event)
WITH path ORDER BY length(path) DESC LIMIT 1
UNWIND reverse(nodes(path)) AS step
RETURN step.type AS type, step.position AS position, step.actor AS actor
