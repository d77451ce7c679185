"""Vendors that speak their wire on loopback: for the bench, for tests, for trying a line without a key."""
