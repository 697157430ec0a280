// Claim idempotency keys. The unique constraint makes others with the same key wait here until the first has committed.
UNWIND $claims AS claim
MERGE (key:IdempotencyKey {workspace: $workspace, key: claim.key})
ON CREATE SET key.fingerprint = claim.fingerprint, key.createdAt = datetime()
SET key.seenAt = datetime()
RETURN key.key AS key, key.event AS event, key.subject AS subject, key.fingerprint = claim.fingerprint AS same
