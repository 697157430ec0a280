// The first event that each consumer has taken and is not done with. To be read before what is parked: a delivery that is
// parked meanwhile is seen here or there.
MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace AND delivery.consumer IS NOT NULL AND delivery.position IS NOT NULL
RETURN delivery.consumer AS consumer, min(delivery.position) - 1 AS position
