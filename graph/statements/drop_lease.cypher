// Give the lease of a consumer back, if it is still this holder's.
MATCH (consumer:Consumer {workspace: $workspace, name: $name})
SET consumer.seenAt = datetime.realtime()
WITH consumer WHERE consumer.holder = $holder
REMOVE consumer.holder, consumer.heldUntil
