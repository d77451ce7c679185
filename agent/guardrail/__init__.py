"""The speech gate: what may not be said is replaced or blocked before it has a sound."""
