// The key of that hash, if it opens something now; that it is used is kept.
MATCH (key:ApiKey {hash: $hash})
WHERE key.status = 'ACTIVE' AND (key.expiresAt IS NULL OR key.expiresAt > datetime())
OPTIONAL MATCH (key)-[:ACTS_AS]->(user)
OPTIONAL MATCH (key)-[:ACTS_FOR]->(contact)
WITH key, user, contact WHERE coalesce(NOT user:Deleted, true) AND coalesce(NOT contact:Deleted, true)
SET key.lastUsedAt = datetime({epochMillis: timestamp()})
RETURN key.id AS id, key.workspace AS workspace, key.role AS role, user.id AS user, contact.id AS contact,
  key.expiresAt.epochMillis / 1000.0 AS expires
