"""Hearing at a vendor: frames stream to it over a socket, what it makes of them becomes our signals."""
