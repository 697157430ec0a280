// Whether anything waits for a position.
MATCH (event:Pending) WHERE event.workspace = $workspace AND event.at IS NOT NULL
RETURN event.id AS id LIMIT 1
