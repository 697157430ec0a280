// Make a consumer if it is new: it starts after a position, by default the log's last one.
MATCH (workspace:Workspace {id: $workspace})
MERGE (consumer:Consumer {workspace: $workspace, name: $name})
ON CREATE SET consumer.position = coalesce($start, workspace.position), consumer.createdAt = datetime()
RETURN consumer.position AS position
