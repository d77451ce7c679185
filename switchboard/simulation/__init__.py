"""Simulated callers: what they say (the phrase bank), how they say values, and who they are (the personas).

Nothing in this package reads the agent's grammar, the intents of scripts or ``spoken``: a caller who only says
what the agent is known to understand proves nothing.
"""
