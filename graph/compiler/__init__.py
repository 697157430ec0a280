"""Selections compiled to Cypher: one operation, one query."""
