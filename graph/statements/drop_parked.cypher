// Forget parked events, one or all.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})-[parked:PARKED]->(event:Event)
WHERE $event IS NULL OR event.id = $event
DELETE parked
RETURN event.id AS id ORDER BY event.position
