"""Phrases as a person writes them, and talk as a recognizer writes it, brought to the same words.

A phrase is words with `(a|b)` for either, `(a)?` for maybe, `bleed(ing|s)?` for endings, `burn+` for the regular forms
of a verb, `_` for any one word and `{kin}` for one of a set. Articles, hesitations and emphasis are dropped from
phrases as from talk and short forms are written out, so "he's not breathing" finds "he is um really not breathing".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_SHORT = {
    "im": "i am", "ive": "i have", "dont": "do not", "cant": "can not", "cannot": "can not", "can't": "can not",
    "wont": "will not", "won't": "will not", "didnt": "did not", "doesnt": "does not", "isnt": "is not",
    "arent": "are not", "wasnt": "was not", "werent": "were not", "hasnt": "has not", "havent": "have not",
    "hadnt": "had not", "couldnt": "could not", "wouldnt": "would not", "shouldnt": "should not",
    "theres": "there is", "thats": "that is", "whats": "what is", "hes": "he is", "shes": "she is",
    "theyre": "they are", "youre": "you are", "youve": "you have", "weve": "we have", "theyve": "they have",
    "aint": "is not", "ain't": "is not", "gonna": "going to", "wanna": "want to", "gotta": "have to",
    "gimme": "give me", "youll": "you will", "theyll": "they will", "whos": "who is", "itll": "it will",
    "outta": "out of", "ya": "you", "yer": "your", "cause": "because", "cos": "because", "till": "until",
    "nobodys": "nobody is", "someones": "someone is", "somebodys": "somebody is", "let's": "let us", "lets": "let us",
}  # fmt: skip
_ENDINGS = {"m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would", "s": "is"}
_ARTICLES = frozenset(("a", "an", "the"))
_DROPPED = """
    um uh uhm erm er ah hm hmm mm just really actually literally honestly basically bloody fucking fuckin effing
    frigging flipping freaking goddamn damn bleedin totally completely absolutely please proper still even very
    quite sir madam maam
"""
_EMPTY = _ARTICLES | frozenset(_DROPPED.split())
_HAS_BEFORE = frozenset(("been", "got", "had", "gone", "come", "taken", "fallen", "stopped", "collapsed", "left"))
"""after these the `is` of "he's" was a `has`"""
_NUMBERS = "zero oh one two three four five six seven eight nine ten 1 2 3 4 5 6 7 8 9"
_SAID_TWICE = frozenset(_NUMBERS.split())
_APOSTROPHES = re.compile(r"[’‘`´]")
_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)*")
_ENDED = re.compile(r"([a-z]+)\(([a-z|]+)\)(\?)?")
_PARTS = re.compile(r"\(|\)\??|\||\{\w+\}|[^\s()|{}]+")


def words_of(text: str) -> list[str]:
    """``He's, um, NOT breathing!`` is ``he is not breathing``: what phrases and talk have in common."""
    words: list[str] = []
    for token in _TOKEN.findall(_APOSTROPHES.sub("'", text.lower())):
        for word in _written_out(token):
            if word in _HAS_BEFORE and words and words[-1] == "is":
                words[-1] = "has"
            if word not in _EMPTY and (not words or words[-1] != word or word in _SAID_TWICE):
                words.append(word)
    return words


@lru_cache(maxsize=4096)
def _written_out(token: str) -> tuple[str, ...]:
    if token in _SHORT:
        return tuple(_SHORT[token].split())
    stem, _, ending = token.partition("'")
    if not ending:
        return (token,)
    if ending == "t" and stem.endswith("n"):
        return (stem[:-1], "not")
    return (stem, _ENDINGS[ending]) if ending in _ENDINGS else (stem + ending,)


def forms(verb: str) -> tuple[str, ...]:
    """The regular forms: kill, kills, killed, killing; burn stays burned, stab doubles to stabbed."""
    stem, past = verb, verb + "ed"
    if verb.endswith("e"):
        stem, past = verb[:-1], verb + "d"
    elif re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb):
        stem = verb + verb[-1]
        past = stem + "ed"
    elif re.search(r"[^aeiou]y$", verb):
        past = verb[:-1] + "ied"
    return (verb, _third(verb), past, stem + "ing")


def _third(verb: str) -> str:
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ies"
    return verb + ("es" if re.search(r"(?:s|sh|ch|x|z)$", verb) else "s")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase as a regular expression over words that each end in a space, and the words it may begin with."""

    expression: str
    begins: frozenset[str]


@dataclass(slots=True)
class _Node:
    """Part of a phrase: its expression, the words it may begin with, and whether it may be nothing."""

    expression: str = ""
    begins: set[str] = field(default_factory=set)
    empty: bool = True
    said: bool = True
    """False when all its words are ones that are dropped, as the `really` in `(so|really) bad`"""


def compile_phrase(phrase: str, sets: Mapping[str, tuple[str, ...]]) -> Pattern:
    """Raises ValueError naming what is wrong: a set that is not known, a bracket, a phrase that may be nothing."""
    parts = _PARTS.findall(_ENDED.sub(_endings, phrase))
    node, rest = _either(parts, 0, sets)
    if rest != len(parts):
        raise ValueError(f"`{phrase}` has a bracket too many")
    if node.empty or not node.begins:
        raise ValueError(f"`{phrase}` has to begin with a word that must be said")
    return Pattern(node.expression, frozenset(node.begins))


def _endings(found: re.Match[str]) -> str:
    stem, endings, bare = found.groups()
    return "(" + "|".join([stem + ending for ending in endings.split("|")] + ([stem] if bare else [])) + ")"


def _either(parts: list[str], at: int, sets: Mapping[str, tuple[str, ...]]) -> tuple[_Node, int]:
    node, at = _sequence(parts, at, sets)
    nodes = [node]
    while at < len(parts) and parts[at] == "|":
        node, at = _sequence(parts, at + 1, sets)
        nodes.append(node)
    nodes = [one for one in nodes if one.said]
    if not nodes:
        return _Node(said=False), at
    longest_first = sorted({one.expression for one in nodes}, key=lambda text: (-len(text), text))
    expression = longest_first[0] if len(longest_first) == 1 else f"(?:{'|'.join(longest_first)})"
    begins = set().union(*(one.begins for one in nodes))
    return _Node(expression, begins, any(one.empty for one in nodes)), at


def _sequence(parts: list[str], at: int, sets: Mapping[str, tuple[str, ...]]) -> tuple[_Node, int]:
    whole = _Node()
    dropped = False
    while at < len(parts) and parts[at] not in ("|", ")", ")?"):
        if parts[at] == "(":
            node, at = _either(parts, at + 1, sets)
            if at >= len(parts) or parts[at] not in (")", ")?"):
                raise ValueError(f"`{' '.join(parts)}` has a bracket that is not closed")
            if parts[at] == ")?" and node.expression:
                node = _Node(f"(?:{node.expression})?", node.begins)
        else:
            node = _word(parts[at], sets)
            dropped = dropped or not node.said
        at += 1
        if whole.empty:
            whole.begins |= node.begins
        whole.expression += node.expression
        whole.empty = whole.empty and node.empty
    whole.said = bool(whole.expression) or not dropped
    return whole, at


def _word(part: str, sets: Mapping[str, tuple[str, ...]]) -> _Node:
    if part.startswith("{"):
        if part[1:-1] not in sets:
            raise ValueError(f"{part} is not among `sets`")
        choices = sets[part[1:-1]]
    elif part.endswith("+"):
        choices = forms(part[:-1])
    elif part == "_":
        return _Node("[a-z0-9]+ ", empty=False)
    else:
        words = words_of(part)
        if not words:
            return _Node(said=part in _ARTICLES)
        return _Node("".join(f"{word} " for word in words), {words[0]}, False)
    return _Node(f"(?:{'|'.join(choices)}) ", set(choices), False)
