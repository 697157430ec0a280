// Reserve a block of ticket numbers, in a transaction of its own so that verbs need not wait for each other's commit,
// and on a node of its own so that they need not wait for the sequencer's either.
MERGE (numbers:TicketNumbers {workspace: $workspace})
ON CREATE SET numbers.last = 0
SET numbers.last = numbers.last + $count
RETURN numbers.last AS last
