"""ElevenLabs behind our ports."""
