// Forget a consumer with its deliveries and what it has parked.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
CALL () { MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace AND delivery.consumer = $name DELETE delivery }
DETACH DELETE consumer
RETURN $name AS name
