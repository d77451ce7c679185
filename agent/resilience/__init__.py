"""What keeps one vendor's bad minute from being the caller's: breakers, fallbacks, hedged requests, what it costs."""
