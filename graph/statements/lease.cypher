// Lease the deliveries that are due, the lowest positions first. With $ordered, a subject's later event waits for its earlier ones.
// One whose lease ran out is due again, and has lapsed once more. A $worker with a limit has $atOnce at the most.
WITH timestamp() AS now, COUNT {
  (flying:Delivery) WHERE flying.workspace = $workspace AND flying.consumer = $name AND flying.dueAt > timestamp()
    AND flying.lease IS NOT NULL
} AS flying, CASE WHEN $worker IS NULL THEN 0 ELSE COUNT {
  (own:Delivery) WHERE own.workspace = $workspace AND own.consumer = $name AND own.dueAt > timestamp()
    AND own.lease IS NOT NULL AND own.worker = $worker
} END AS own
UNWIND [$want, $most - flying, coalesce($atOnce, $want) - own] AS room
WITH now, min(room) AS free WHERE free > 0
WITH now, COLLECT {
  MATCH (delivery:Delivery)
  WHERE delivery.workspace = $workspace AND delivery.consumer = $name AND delivery.dueAt <= now AND NOT ($ordered AND EXISTS {
    (earlier:Delivery) WHERE earlier.workspace = $workspace AND earlier.consumer = $name
      AND earlier.subject = delivery.subject AND earlier.position < delivery.position
  })
  RETURN delivery ORDER BY delivery.position LIMIT $want
}[..free] AS due
UNWIND due AS delivery
SET delivery.lapses = delivery.lapses + CASE WHEN delivery.lease IS NULL THEN 0 ELSE 1 END,
  delivery.lease = 'delivery_' + replace(randomUUID(), '-', ''), delivery.dueAt = now + $timeout,
  delivery.worker = $worker
RETURN delivery.lease AS lease, delivery.position AS position, delivery.event AS id, delivery.type AS type,
  delivery.subject AS subject, delivery.depth AS depth, delivery.attempts AS attempts, delivery.lapses AS lapses,
  delivery.dueAt AS expires, delivery.error AS error
ORDER BY position
