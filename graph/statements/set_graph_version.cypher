// Note that a step was done.
MATCH (schema:GraphSchema {id: 'graph'})
SET schema.version = $version, schema.steps = schema.steps + ($version + ' ' + $name + ' ' + toString(datetime()))
