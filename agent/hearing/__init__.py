"""Hearing: from frames of audio to whole turns. The decisions are pure and count audio time; ``ear`` does the rest."""
