// Claim an idempotency key for a sentence, as claim_key does for a verb; what the sentence led to the first time.
MERGE (key:IdempotencyKey {workspace: $workspace, key: $key})
ON CREATE SET key.fingerprint = $fingerprint, key.createdAt = datetime()
SET key.seenAt = datetime()
RETURN key.result AS result, key.fingerprint = $fingerprint AS same
