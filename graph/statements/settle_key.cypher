// Keep what claimed keys led to, in the verb's own transaction.
UNWIND $settled AS settled
MATCH (key:IdempotencyKey {workspace: $workspace, key: settled.key})
SET key.event = settled.event, key.subject = settled.subject
