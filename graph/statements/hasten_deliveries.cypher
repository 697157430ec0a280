// Let deliveries be due at once that failed and wait to be tried again, of events since then, after that position.
MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace AND delivery.consumer = $name
  AND delivery.lease IS NULL AND delivery.attempts > 0 AND ($after IS NULL OR delivery.position > $after)
MATCH (event:Event {id: delivery.event, workspace: $workspace}) WHERE $since IS NULL OR event.at >= $since
SET delivery.dueAt = CASE WHEN delivery.lease IS NULL THEN 0 ELSE delivery.dueAt END
RETURN count(*) AS deliveries
