// Give the events their positions, in this order, and the workspace its new last one.
MATCH (workspace:Workspace {id: $workspace})
SET workspace.position = $last
WITH workspace
UNWIND $places AS place
MATCH (event:Event {id: place.id, workspace: $workspace})
SET event.position = place.position
REMOVE event:Pending
