// Which of these had been deleted by a position or a moment.
UNWIND $subjects AS subject
MATCH (event:Event) WHERE event.workspace = $workspace AND event.subjectId = subject AND event.subjectVersion IS NOT NULL
  AND event.type IN $types AND event.position <= coalesce($position, event.position) AND event.at <= coalesce($moment, event.at)
RETURN subject
