// Whole events after a position, in the order of the log.
MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > $after
WITH event ORDER BY event.workspace, event.position LIMIT $limit
RETURN event.position AS position, event.id AS id, event.type AS type,
  event.subjectId AS subjectId, event.subjectVersion AS subjectVersion,
  toString(event.at) AS at, event.actor AS actor, event.data AS data,
  head(COLLECT { MATCH (event)-[:CAUSED_BY]->(cause:Event) RETURN cause.id }) AS cause
