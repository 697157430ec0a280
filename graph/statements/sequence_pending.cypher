// The pending events, and whether the subject's previous event has its position already, or had it when it was trimmed.
MATCH (event:Pending) WHERE event.workspace = $workspace AND event.at IS NOT NULL
WITH event ORDER BY event.workspace, event.at LIMIT $limit
RETURN event.id AS id, event.subjectId AS subject, event.subjectVersion AS version,
  event.subjectVersion = 1 OR EXISTS {
    MATCH (previous:Event {workspace: $workspace, subjectId: event.subjectId, subjectVersion: event.subjectVersion - 1})
    WHERE previous.position IS NOT NULL
  } OR EXISTS {
    MATCH (event)-[:OF]->(subject) WHERE subject.trimmed = event.subjectVersion - 1
  } AS follows
ORDER BY event.at, event.subjectVersion, event.id
