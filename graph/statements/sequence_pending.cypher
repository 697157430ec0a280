// One sequencer at a time: take the workspace's write lock before its position and the pending events are read. Of each,
// whether the subject's previous event has its position already, or had it when it was trimmed.
MATCH (workspace:Workspace {id: $workspace})
SET workspace.sequencedAt = datetime.realtime()
WITH workspace
RETURN workspace.position AS position, COLLECT {
  MATCH (event:Pending) WHERE event.workspace = $workspace AND event.at IS NOT NULL
  WITH event ORDER BY event.workspace, event.at LIMIT $limit
  WITH event ORDER BY event.at, event.subjectVersion, event.id
  RETURN {
    id: event.id, type: event.type, subject: event.subjectId, depth: event.depth, version: event.subjectVersion,
    follows: event.subjectVersion = 1 OR EXISTS {
      MATCH (previous:Event {workspace: $workspace, subjectId: event.subjectId, subjectVersion: event.subjectVersion - 1})
      WHERE previous.position IS NOT NULL
    } OR EXISTS {
      MATCH (event)-[:OF]->(subject) WHERE subject.trimmed = event.subjectVersion - 1
    }
  }
} AS pending
