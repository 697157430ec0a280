// One sequencer at a time: take the workspace's write lock before its position is read.
MATCH (workspace:Workspace {id: $workspace})
SET workspace.sequencedAt = datetime.realtime()
WITH workspace
RETURN workspace.position AS position
