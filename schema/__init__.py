"""The contract: nouns, verbs, events, errors and paging. Nothing here does I/O."""
