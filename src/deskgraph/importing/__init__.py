"""`deskgraph import`: rows of a file become nouns, a thousand at a time."""
