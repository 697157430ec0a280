"""English sentences as commands: from the text to a plan, by a grammar that follows from the declarations. No I/O."""
