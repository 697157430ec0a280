"""The only code that talks to Neo4j: connections, transactions, the compiler, the event log and its sequencer."""
