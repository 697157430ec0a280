// The consumers, or the one of a name. `position`: everything up to it is done with; `parked` holds the first $first.
MATCH (workspace:Workspace {id: $workspace})
MATCH (consumer:Consumer) WHERE consumer.workspace = $workspace AND consumer.name IS NOT NULL AND ($name IS NULL OR consumer.name = $name)
WITH workspace, consumer, COLLECT {
  MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace AND delivery.consumer = consumer.name
  RETURN {position: delivery.position, flying: delivery.lease IS NOT NULL AND delivery.dueAt > timestamp()}
} AS open
WITH workspace, consumer, open, reduce(least = consumer.position + 1, one IN open |
  CASE WHEN one.position < least THEN one.position ELSE least END) - 1 AS position
RETURN consumer.name AS name, coalesce(consumer.kind, 'HOOK') AS kind, consumer.types AS types, toString(consumer.createdAt) AS createdAt,
  toString(consumer.seenAt) AS seenAt, consumer.maxInFlight AS maxInFlight, consumer.timeout AS timeout,
  consumer.attempts AS attempts, consumer.backoff AS backoff, consumer.ordered AS ordered,
  position, workspace.position - position AS lag,
  size([one IN open WHERE one.flying]) AS inFlight, size([one IN open WHERE NOT one.flying]) AS waiting,
  COUNT { (consumer)-[:PARKED]->() } AS parkedCount,
  COLLECT {
    MATCH (consumer)-[parked:PARKED]->(event:Event)
    RETURN {
      event: event.id, type: event.type, position: event.position, subject: event.subjectId,
      attempts: parked.attempts, error: parked.error, at: toString(parked.at)
    } ORDER BY event.position LIMIT $first
  } AS parked
ORDER BY name
