// Up to where the log is trimmed: it begins after this position.
MATCH (workspace:Workspace {id: $workspace})
RETURN coalesce(workspace.trimmed, 0) AS position
