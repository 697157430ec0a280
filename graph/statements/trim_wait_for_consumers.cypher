// Take the consumers' write locks, in one order: a consumer that is just taking or replaying events has committed then,
// and whoever reads after this sees all of it.
MATCH (consumer:Consumer) WHERE consumer.workspace = $workspace AND consumer.name IS NOT NULL
WITH consumer ORDER BY consumer.workspace, consumer.name
SET consumer.trimming = true REMOVE consumer.trimming
