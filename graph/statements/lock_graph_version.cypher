// Lock the graph's version until the transaction ends, and tell it.
MERGE (schema:GraphSchema {id: 'graph'})
ON CREATE SET schema.version = 0, schema.steps = []
SET schema.locked = true
REMOVE schema.locked
RETURN schema.version AS version
