// How many deliveries a consumer has open, and in how many milliseconds the next one that is not due yet will be.
MATCH (delivery:Delivery) WHERE delivery.workspace = $workspace AND delivery.consumer = $name
WITH delivery.dueAt AS due, timestamp() AS now
RETURN count(*) AS open, min(CASE WHEN due > now THEN due - now END) AS wait
