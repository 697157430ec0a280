// Make a consumer if it is new: it starts after the events that are in the log now.
MATCH (workspace:Workspace {id: $workspace})
MERGE (consumer:Consumer {workspace: $workspace, name: $name})
ON CREATE SET consumer.position = workspace.position, consumer.createdAt = datetime()
RETURN consumer.position AS position
