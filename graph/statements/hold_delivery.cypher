// Lock a delivery, then see whether the lease is still its own: it may have run out and been given to another.
MATCH (delivery:Delivery) WHERE delivery.lease = $lease AND delivery.workspace = $workspace
SET delivery.settling = true REMOVE delivery.settling
WITH delivery WHERE delivery.lease = $lease
MATCH (consumer:Consumer {workspace: $workspace, name: delivery.consumer})
RETURN delivery.consumer AS consumer, delivery.event AS event, delivery.attempts AS attempts, delivery.lapses AS lapses,
  consumer.attempts AS most, consumer.backoff AS backoff
