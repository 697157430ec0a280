// Give back a claimed key whose verb came to nothing.
MATCH (key:IdempotencyKey {workspace: $workspace, key: $key})
DELETE key
