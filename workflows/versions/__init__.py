"""Versions of scripts in Postgres: drafts, what is published, and who gets which."""
