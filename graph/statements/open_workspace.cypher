// Make the workspace if it is new. `position` is the last one given in its log.
MERGE (workspace:Workspace {id: $workspace})
ON CREATE SET workspace.position = 0, workspace.createdAt = datetime()
RETURN workspace.position AS position
