// What a check-up looks at in a workspace. `held`: how many events have the positions that the log must have.
OPTIONAL MATCH (workspace:Workspace {id: $workspace})
WITH coalesce(workspace.position, 0) AS position, coalesce(workspace.trimmed, 0) AS trimmed
RETURN position, trimmed, COUNT {
  MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > trimmed AND event.position <= position
} AS held, COUNT {
  MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > position
} AS beyond, COUNT {
  MATCH (event:Pending) WHERE event.workspace = $workspace AND event.at < datetime() - duration({minutes: 1})
} AS waiting, COLLECT {
  MATCH (webhook:Webhook) WHERE webhook.workspace = $workspace
    AND (webhook.failingSince IS NOT NULL OR webhook.status = 'DISABLED')
  RETURN webhook {.id, .status, .disabledReason, since: toString(webhook.failingSince)} LIMIT 100
} AS webhooks
