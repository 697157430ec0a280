// What happened to a noun up to a position or a moment, in order, and where its log begins now: events may have been trimmed.
MATCH (event:Event) WHERE event.workspace = $workspace AND event.subjectId = $subject AND event.subjectVersion IS NOT NULL
WITH event ORDER BY event.subjectVersion
WITH collect(event) AS events
RETURN events[0].subjectVersion AS first, [event IN events WHERE event.position <= coalesce($position, event.position)
  AND event.at <= coalesce($moment, event.at) | event {.type, .position, .data, .actor, version: event.subjectVersion, at: toString(event.at)}] AS events
