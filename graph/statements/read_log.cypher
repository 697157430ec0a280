// The log after a position, in its order: one row, for a row each costs a reader more than what is in it.
RETURN COLLECT {
  MATCH (event:Event) WHERE event.workspace = $workspace AND event.position > $after
  WITH event ORDER BY event.workspace, event.position LIMIT $limit
  RETURN [event.position, event.id, event.type, event.subjectId, event.depth]
} AS entries
