// Forget idempotency keys that nobody has used since a moment, nor for a day: by then no client sends its request again.
WITH datetime() - duration({days: 1}) AS yesterday
WITH CASE WHEN $before < yesterday THEN $before ELSE yesterday END AS moment
MATCH (key:IdempotencyKey) WHERE key.workspace = $workspace AND key.seenAt < moment
WITH key LIMIT $limit
DELETE key
RETURN count(*) AS removed
