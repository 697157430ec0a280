// Give a delivery back, to be due after a delay in milliseconds. $attempts: how often it has failed by now.
MATCH (delivery:Delivery) WHERE delivery.lease = $lease AND delivery.workspace = $workspace
SET delivery.attempts = $attempts, delivery.dueAt = timestamp() + $delay, delivery.error = $error
REMOVE delivery.lease
