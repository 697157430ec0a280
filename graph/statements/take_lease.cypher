// Take the lease of a consumer, or keep it, unless another holder's has not run out. Writing first takes the node's lock.
// The times are the database's own, so that the holders' clocks do not matter.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer, datetime.realtime() AS now
WHERE coalesce(consumer.holder = $holder OR consumer.heldUntil < now, true)
SET consumer.holder = $holder, consumer.heldUntil = now + duration({milliseconds: $milliseconds})
RETURN true AS held
