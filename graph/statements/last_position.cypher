// The last position given in the workspace's log.
MATCH (workspace:Workspace {id: $workspace})
RETURN workspace.position AS position
