// The least busy user who is online and has capacity left; among equals the one who has waited longest for a ticket.
MATCH (user:User) WHERE user.workspace = $workspace AND user.status = 'ONLINE' AND user.tier > $above
  AND ($role IS NULL OR user.role = $role) AND user.createdAt IS NOT NULL AND user.id IS NOT NULL
WITH user, COUNT {
  MATCH (user)<-[:ASSIGNED_TO]-(open:Ticket) WHERE open.status IN ['OPEN', 'PENDING', 'ESCALATED'] AND open.id <> $ticket
} AS load
WHERE user.capacity IS NULL OR load < user.capacity
RETURN user.id AS id
ORDER BY load, coalesce(user.lastAssignedAt, user.createdAt), user.tier, user.id LIMIT 1
