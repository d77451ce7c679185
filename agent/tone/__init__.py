"""How the caller sounds: cues measured against this caller's own baseline, as a coarse ``Tone``. See docs/tone.md."""
