// The last position in the workspace's log, and whether anything waits for one.
MATCH (workspace:Workspace {id: $workspace})
RETURN workspace.position AS position, EXISTS {
  MATCH (event:Pending) WHERE event.workspace = $workspace AND event.at IS NOT NULL
} AS pending
