// Have an event delivered now: one that waits is due at once, one that is parked or done with is taken up again.
// The consumer is locked first: then nothing is trimmed meanwhile.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer
MATCH (workspace:Workspace {id: $workspace})
MATCH (event:Event {id: $event, workspace: $workspace}) WHERE event.position > coalesce(workspace.trimmed, 0)
CALL (consumer, event) { MATCH (consumer)-[parked:PARKED]->(event) DELETE parked }
MERGE (delivery:Delivery {workspace: $workspace, consumer: $name, position: event.position})
ON CREATE SET delivery.event = event.id, delivery.type = event.type, delivery.subject = event.subjectId,
  delivery.depth = event.depth, delivery.attempts = 0, delivery.lapses = 0
SET delivery.dueAt = CASE WHEN delivery.lease IS NULL THEN 0 ELSE delivery.dueAt END
RETURN event.position AS position
