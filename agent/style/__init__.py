"""How the agent says things: the instruction language, what it may say when, and what each voice is sent."""
