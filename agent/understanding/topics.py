"""Questions every business is asked, by the id of the topic that answers them, however a script has worded it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.understanding.wording import best_option, is_question, plain
from calls.commands import AskQuestion
from calls.guidance import Guidance, Option

_MACHINE = r"(?:\w+ ){0,3}(?:human|person|people|robot|machine|computer|bot|real|recording|automated|ai)"
_ASKED = {
    "hours": (
        r"how (?:late|early|long) (?:are|is|do|will|can|could) (?:you|it|i|the|someone|somebody|they)",
        r"(?:till|til|until|from) (?:what|which) (?:time|hour)|(?:till|until) when|what (?:are|is) (?:your|the) hours",
        r"(?:are|is|will|do|does|can) (?:you|it|the \w+|they|somebody|someone|anybody|anyone|i) (?:be |get |come )?"
        r"(?:(?!have|got|any)\w+ ){0,2}(?:open|opened|closed|close|shut|work|there)\b",
        r"(?:what|which) (?:time|times|hours|days|hour) (?:do|are|is|does|will|can|could)",
        r"when (?:do|does|are|is|can|will) (?:you|it|the \w+|they|i) (?:\w+ )?"
        r"(?:open|close|shut|there|start|finish|come)",
        r"(?:open|opening|closing|business|working|office) (?:hours|times|time)",
    ),
    "price": (
        r"how (?:much|expensive)",
        r"(?:what|whats) (?:will|would|does|do|is|are|s) (?:\w+ ){0,3}(?:cost|charge|set me back|price)",
        r"(?:price|prices|cost|costs|charge|charges|fee|fees|rates?)\b|(?:is it|will it be) (?:expensive|free|cheap)",
        r"do i (?:have to|need to|get to) pay|what do i (?:pay|owe you) for",
    ),
    "place": (
        r"where (?:are|is|re|s|do|can|should) (?:you|it|the|i|we|your)\b"
        r"(?!.*\b(?:order|package|parcel|delivery|ticket|park|parking)\b)",
        r"wheres (?:the|your) (?:office|place|building|practice|clinic|entrance|door)",
        r"(?:your|the) (?:address|location|directions)",
        r"(?:bus|subway|train|station|street|floor|directions)\b",
        r"how (?:do|can|would|should) (?:i|we|you) (?:get|find|come) (?:there|to you|you|it|over)",
        r"is (?:that|this|it) (?:the )?(?:\w+ )?(?:office|branch|location|building|downtown|street|place)",
    ),
    "robot": (
        rf"(?:are|arent) you {_MACHINE}",
        rf"(?:is|isnt) (?:this|that|it) {_MACHINE}",
        rf"(?:am i|are we) (?:talking|speaking|chatting) (?:to|with) {_MACHINE}",
        rf"youre {_MACHINE}",
        r"who (?:am i|are we|is it im) (?:\w+ )?(?:talking|speaking|chatting) (?:to|with)|who are you",
        r"who (?:is|s) this|whos this|whats your name|what is your name|what are you called|do you have a name",
    ),
}  # fmt: skip
_ALIASES = {"location": "place", "address": "place", "directions": "place", "prices": "price", "opening_hours": "hours"}
_PATTERNS = {name: re.compile("|".join(rf"\b(?:{one})" for one in asked)) for name, asked in _ASKED.items()}


def asked_about(topics: Sequence[Option], words: str) -> Option | None:
    """The one topic a question is about; None when it is about none or about several."""
    found = []
    for topic in topics:
        pattern = _PATTERNS.get(_ALIASES.get(topic.id, topic.id))
        if pattern is not None and pattern.search(words):
            found.append(topic)
    return found[0] if len(found) == 1 else None


_JOINT = re.compile(
    r"[\s,.;!]+(?:and|but|also|oh|by the way)\b[\s,]*"
    r"|[,.;!]+\s+(?=(?:are|is|do|does|can|could|will|would|what|whats|when|where|wheres|how|which|who)\b)",
    re.IGNORECASE,
)
""" "a cleaning, and what does it cost", "Thursday, are you open on Saturday?" """


def question_beside(text: str, guidance: Guidance) -> tuple[str, AskQuestion | None]:
    """What is told before a question in the same breath, and the question: "a cleaning, and what does it cost".

    Without a question that a topic answers: the whole text, and None.
    """
    if AskQuestion.__name__ not in guidance.allowed:
        return text, None
    for joint in _JOINT.finditer(text):
        asked = text[joint.end() :]
        words = plain(asked)
        if not words or not is_question(words, asked):
            continue
        found = best_option(guidance.topics, words)
        topic = found[0] if found is not None else asked_about(guidance.topics, words)
        if topic is not None:
            return text[: joint.start()], AskQuestion(topic.id, asked)
    return text, None
