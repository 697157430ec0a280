// Give back claimed keys whose verbs came to nothing.
UNWIND $keys AS released
MATCH (key:IdempotencyKey {workspace: $workspace, key: released})
DELETE key
