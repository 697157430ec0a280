// Take parked events up again, one or all: they are due at once and have all their attempts.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer
MATCH (consumer)-[parked:PARKED]->(event:Event) WHERE $event IS NULL OR event.id = $event
DELETE parked
CREATE (:Delivery {
  workspace: $workspace, consumer: $name, position: event.position, event: event.id, type: event.type,
  subject: event.subjectId, depth: event.depth, attempts: 0, lapses: 0, dueAt: 0
})
RETURN event.id AS id ORDER BY event.position
