"""The memory: event log, transcript, recordings, exports and the tokens that open them."""
