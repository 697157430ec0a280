// One at a time decides what is trimmed, removes it, or opens a new consumer. Not the workspace's lock, which the sequencer
// takes: whoever holds this one may wait for a slow verb.
MERGE (lock:TrimLock {workspace: $workspace})
SET lock.heldAt = datetime.realtime()
