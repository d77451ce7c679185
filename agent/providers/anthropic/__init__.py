"""Anthropic: language models over the vendor's own SDK."""
