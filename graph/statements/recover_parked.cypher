// Take parked events up again that happened since then, after that position: they are due at once and have all their attempts.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer
MATCH (consumer)-[parked:PARKED]->(event:Event)
WHERE ($since IS NULL OR event.at >= $since) AND ($after IS NULL OR event.position > $after)
DELETE parked
CREATE (:Delivery {
  workspace: $workspace, consumer: $name, position: event.position, event: event.id, type: event.type,
  subject: event.subjectId, depth: event.depth, attempts: 0, lapses: 0, dueAt: 0
})
RETURN count(*) AS deliveries
