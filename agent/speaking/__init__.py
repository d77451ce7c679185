"""Speaking: clauses to telephone audio, with known texts ready before they are needed."""
