"""The safety layer: what callers say that no script may overlook, and the fixed words that answer it."""
