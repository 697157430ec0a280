// Claim an idempotency key. The unique constraint makes others with the same key wait here until the first has committed.
MERGE (key:IdempotencyKey {workspace: $workspace, key: $key})
ON CREATE SET key.fingerprint = $fingerprint, key.createdAt = datetime()
SET key.seenAt = datetime()
RETURN key.event AS event, key.subject AS subject, key.fingerprint = $fingerprint AS same
