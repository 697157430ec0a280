// Remove events with their edges, the oldest first. A subject keeps the last of its versions whose event is gone: the
// sequencer goes by it.
MATCH (event:Event) WHERE event.workspace = $workspace AND event.position <= $last
WITH event ORDER BY event.workspace, event.position LIMIT $limit
OPTIONAL MATCH (event)-[:OF]->(subject)
WITH subject, max(event.subjectVersion) AS version, collect(event) AS events
SET subject.trimmed = version
FOREACH (event IN events | DETACH DELETE event)
RETURN sum(size(events)) AS removed
