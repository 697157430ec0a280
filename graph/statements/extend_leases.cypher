// Let leases run for so many milliseconds from now; those that are still held are returned.
UNWIND $leases AS lease
MATCH (delivery:Delivery) WHERE delivery.lease = lease AND delivery.workspace = $workspace
SET delivery.settling = true REMOVE delivery.settling
WITH delivery, lease WHERE delivery.lease = lease
SET delivery.dueAt = timestamp() + $timeout
RETURN lease
