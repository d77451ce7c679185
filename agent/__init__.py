"""Hearing, understanding and speaking: what the agent is made of."""
