// Make a consumer if it is new, to start after a position (by default after what the log holds now), and give it its settings.
MATCH (workspace:Workspace {id: $workspace})
MERGE (consumer:Consumer {workspace: $workspace, name: $name})
ON CREATE SET consumer += $settings, consumer.position = coalesce($after, workspace.position),
  consumer.createdAt = datetime(), consumer.fresh = true
WITH workspace, consumer, coalesce(consumer.fresh, false) AS fresh
REMOVE consumer.fresh
SET consumer += CASE WHEN $keep THEN {} ELSE $settings END
RETURN consumer.position AS position, workspace.position AS last, fresh
