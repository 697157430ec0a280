"""English sentences as commands: from the text to a plan, by a grammar that the declarations generate. Nothing here does I/O."""
