"""Behaviour: verbs, hooks, queries, subscriptions. Talks to the database through deskgraph.graph alone."""
