// Lock the consumer, then take what the log has for it after its position: a delivery for each event of its types, as many
// as its backlog has room for. `head` is a position up to which the caller knows the log to be complete.
// The types are those it has now, for the worker may be behind; what was sent again before its turn has its delivery already.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer, consumer.types AS types,
  COUNT { (delivery:Delivery) WHERE delivery.workspace = $workspace AND delivery.consumer = $name } AS open,
  CASE WHEN consumer.position + $batch < $head THEN consumer.position + $batch ELSE $head END AS last
WITH consumer, types, last, CASE WHEN open < $backlog THEN $backlog - open ELSE 0 END AS room, COLLECT {
  MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > consumer.position AND event.position <= last
    AND (types IS NULL OR event.type IN types)
  WITH event ORDER BY event.workspace, event.position
  RETURN event
} AS found
FOREACH (event IN found[..room] |
  MERGE (delivery:Delivery {workspace: $workspace, consumer: $name, position: event.position})
  ON CREATE SET delivery.event = event.id, delivery.type = event.type, delivery.subject = event.subjectId,
    delivery.depth = event.depth, delivery.attempts = 0, delivery.lapses = 0, delivery.dueAt = 0
)
WITH consumer, CASE
  WHEN last <= consumer.position THEN consumer.position
  WHEN size(found) <= room THEN last
  WHEN room = 0 THEN consumer.position
  ELSE found[room - 1].position
END AS position
SET consumer.position = position
RETURN position
