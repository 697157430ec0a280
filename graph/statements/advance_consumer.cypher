// Acknowledge everything up to a position. Never backwards.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer WHERE consumer.position < $position
SET consumer.position = $position
