// The oldest events of the readable log: which are from before a moment?
MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > $after
WITH event ORDER BY event.workspace, event.position LIMIT $limit
RETURN event.position AS position, event.at < $before AS old
