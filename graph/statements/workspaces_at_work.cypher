// The workspaces that were made in this one and have something to do without being asked.
MATCH (workspace:Workspace {workspace: $workspace})
WHERE workspace.createdAt IS NOT NULL AND workspace.id IS NOT NULL AND EXISTS {
  MATCH (consumer:Consumer {workspace: workspace.id})
  WHERE consumer.name IS NOT NULL AND consumer.kind IN ['HOOK', 'WEBHOOK']
}
RETURN workspace.id AS id ORDER BY id
