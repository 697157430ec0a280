// How far each consumer has looked, or up to where nothing is parked if that is less.
MATCH (consumer:Consumer) WHERE consumer.workspace = $workspace AND consumer.name IS NOT NULL
WITH consumer, COLLECT { MATCH (consumer)-[:PARKED]->(event:Event) RETURN event.position - 1 } AS parked
RETURN consumer.name AS consumer, reduce(least = consumer.position, one IN parked | CASE WHEN one < least THEN one ELSE least END) AS position
