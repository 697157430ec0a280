// Make a consumer if it is new, to start after a position (by default after what the log holds now), and give it its settings.
// A new one takes the lock first under which it is decided what is trimmed: nothing goes that it has yet to see.
MERGE (consumer:Consumer {workspace: $workspace, name: $name})
ON CREATE SET consumer += $settings, consumer.createdAt = datetime(), consumer.fresh = true
WITH consumer, coalesce(consumer.fresh, false) AS fresh
REMOVE consumer.fresh
FOREACH (_ IN CASE WHEN fresh THEN [1] ELSE [] END |
  MERGE (lock:TrimLock {workspace: $workspace})
  SET lock.heldAt = datetime.realtime()
)
WITH consumer, fresh
MATCH (workspace:Workspace {id: $workspace})
WITH workspace, consumer, fresh,
  CASE WHEN $after = 0 THEN coalesce(workspace.trimmed, 0) ELSE coalesce($after, workspace.position) END AS start
SET consumer += CASE WHEN fresh THEN {position: start} ELSE {} END
SET consumer += CASE WHEN $keep THEN {} ELSE $settings END
RETURN consumer.position AS position, workspace.position AS last, fresh
