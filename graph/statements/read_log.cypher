// The log after a position, in its order.
MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > $after
WITH event ORDER BY event.workspace, event.position LIMIT $limit
RETURN event.id AS id, event.type AS type, event.position AS position, event.subjectId AS subject, event.depth AS depth
