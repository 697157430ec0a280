// Keep what the claimed key led to, in the verb's own transaction.
MATCH (key:IdempotencyKey {workspace: $workspace, key: $key})
SET key.event = $event, key.subject = $subject
