// The last position of the log, and how many events wait for theirs.
OPTIONAL MATCH (workspace:Workspace {id: $workspace})
RETURN coalesce(workspace.position, 0) AS position,
  COUNT { MATCH (event:Pending) WHERE event.workspace = $workspace AND event.at IS NOT NULL } AS pending
