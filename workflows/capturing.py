"""The words around keying in secret, and for a caller who says a card number aloud."""

from __future__ import annotations

from dataclasses import replace

from calls.run import CardSpoken, KeysWanted
from workflows.asking import ask
from workflows.turn import Turn


def keys_wanted(turn: Turn, wanted: KeysWanted) -> None:
    """Ask for the next field, or for one again; or say that all of it is there."""
    if not wanted.field:
        turn.word("keys_kept")
    elif wanted.why:
        turn.word(f"keyed_{wanted.why}", turn.wording(f"key_{wanted.field}"))
    else:
        turn.word(f"key_{wanted.field}")


def card_spoken(turn: Turn, spoken: CardSpoken) -> None:
    """Stop the caller, in words that are heard out; then the open question again."""
    turn.word("card_keyed" if spoken.keyed else "card_aloud", must_say=True)
    turn.lines[-1] = replace(turn.lines[-1], interruptible=False)
    if turn.run.script and not turn.run.awaiting:
        ask(turn)
