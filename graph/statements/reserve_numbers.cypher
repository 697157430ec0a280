// Reserve a block of ticket numbers, in a transaction of its own so that verbs need not wait for each other's commit.
MATCH (workspace:Workspace {id: $workspace})
SET workspace.number = workspace.number + $count
RETURN workspace.number AS last
