// The version of the graph, if it has one.
MATCH (schema:GraphSchema {id: 'graph'})
RETURN schema.version AS version
