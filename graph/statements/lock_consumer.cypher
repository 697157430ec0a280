// One instance of a consumer at a time: take the write lock before the position is read.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer
RETURN consumer.position AS position
