// Set an event aside that a consumer could not handle, with why.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
MATCH (event:Event {id: $event, workspace: $workspace})
MERGE (consumer)-[parked:PARKED]->(event)
SET parked.error = $error, parked.attempts = $attempts, parked.at = datetime()
