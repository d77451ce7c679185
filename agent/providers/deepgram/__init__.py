"""Deepgram behind our ports."""
