"""A reply that a model was to find did not come: the script's own words, and a way out when it happens again."""

from __future__ import annotations

from workflows.asking import ask, retries
from workflows.language.model import Open
from workflows.opening import TOPIC, UNCOMPOSED, own_words
from workflows.repair.misheard import no_match
from workflows.turn import Turn


def not_composed(turn: Turn) -> None:
    """Say what can be said without a model; nobody is left in silence."""
    step = turn.step
    if not isinstance(step, Open):
        ask(turn)
        if not turn.lines:
            turn.word("no_answer")
        return
    topic = turn.script.topics.get(str(turn.run.facts.get(TOPIC, "")))
    if topic is not None:
        turn.say(f"topic.{topic.id}", topic.answer)
    elif turn.count(UNCOMPOSED) >= retries(turn):
        turn.reset(UNCOMPOSED)
        no_match(turn, at_once=True)
    else:
        own_words(turn, step)
