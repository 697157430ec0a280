// Keep what a sentence led to with its key, in its own transaction.
MATCH (key:IdempotencyKey {workspace: $workspace, key: $key})
SET key.result = $result
