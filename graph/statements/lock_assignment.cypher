// Choices of the least busy agent come one after the other: the next one sees what this one assigned.
MERGE (lock:AssignmentLock {workspace: $workspace})
SET lock.heldAt = datetime.realtime()
