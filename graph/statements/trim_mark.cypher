// The log begins after this position from now on.
MATCH (workspace:Workspace {id: $workspace})
SET workspace.trimmed = $last
