// Done with it.
MATCH (delivery:Delivery) WHERE delivery.lease = $lease AND delivery.workspace = $workspace
DELETE delivery
