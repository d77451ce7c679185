"""Booking and support scripts: the language, the pure director, the actions and their back ends."""
