"""One of several things on offer: by name, part of the name, a near miss, or its place in the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from .found import Found, settle_found
from .kinds import Choice, Context, Kind
from .numbers import read_cardinal, read_ordinal
from .ordinals import is_no_place
from .plain import without_idioms
from .tokens import MASK, Utterance, word_set, words_of

_COMMON = word_set(
    """a an the i id like want need would please for to of and or my me it is its in on at with that this
    one some can could have get do be you we just no not yes so up down in out off over back"""
)
_ASKS = (("what",), ("whats",), ("which",), ("how",), ("who",), ("why",), ("when",), ("where",))


@lru_cache(maxsize=512)
def _names(choice: Choice) -> tuple[tuple[str, ...], ...]:
    names = [words_of(said) for said in choice.says]
    names.append(words_of(choice.id.replace("_", " ").replace("-", " ")))
    return tuple(dict.fromkeys(name for name in names if name))


def _stem(word: str) -> str:
    for ending in ("est", "er"):
        root = word[: -len(ending)]
        if word.endswith(ending) and 3 <= len(root) <= 6:
            # "The biggest" of those called big, the "smaller" of those called small.
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root
    if word.endswith("ed") and len(word) == 4:
        return word[:-1]
    for ending in ("ings", "ing", "ies", "es", "s", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _exact(u: Utterance, choices: Sequence[Choice]) -> list[Found]:
    """Whole names in the utterance; where two overlap the longer stands."""
    stems = [_stem(word) for word in u.words]
    hits: list[Found] = []
    for choice in choices:
        for name in _names(choice):
            wanted = [_stem(word) for word in name]
            for i in range(len(stems) - len(wanted) + 1):
                # "Hair cut" in two words is a haircut.
                two = len(wanted) == 1 and len(name[0]) > 5 and _stem("".join(u.words[i : i + 2])) == wanted[0]
                if two and i + 1 < len(stems) and stems[i] != wanted[0]:
                    hits.append(Found(i, i + 2, choice.id, 0.95))
                if stems[i : i + len(wanted)] == wanted:
                    hits.append(Found(i, i + len(wanted), choice.id, 0.95))
    hits.sort(key=lambda hit: (-(hit.end - hit.start), hit.start))
    kept: list[Found] = []
    for hit in hits:
        same_place = [k for k in kept if k.start < hit.end and hit.start < k.end]
        if not same_place:
            kept.append(hit)
        elif same_place[0].start == hit.start and same_place[0].end == hit.end and same_place[0].value != hit.value:
            other = same_place[0]
            kept[kept.index(other)] = Found(other.start, other.end, other.value, 0.5, (*other.alternatives, hit.value))
    return sorted(kept, key=lambda hit: hit.start)


def _partial(u: Utterance, choices: Sequence[Choice]) -> Found | None:
    """By the words that tell the choices apart, allowing a slip of the recognizer in each."""
    owners: Counter[str] = Counter()
    bags = [{_stem(w) for name in _names(choice) for w in name if w not in _COMMON} for choice in choices]
    for bag in bags:
        owners.update(bag)
    scores: list[tuple[float, int, int]] = []
    for index, bag in enumerate(bags):
        score, place = 0.0, 0
        for i, word in enumerate(u.words):
            if word in _COMMON or word == MASK:
                continue
            gain = max((_likeness(_stem(word), key) / owners[key] for key in bag), default=0.0)
            if gain > 0.3:
                score, place = score + gain, i
        scores.append((score, index, place))
    scores.sort(key=lambda entry: (-entry[0], entry[1]))
    if not scores or scores[0][0] < 0.45:
        return None
    best, index, place = scores[0]
    rivals = tuple(choices[i].id for score, i, _ in scores[1:4] if score >= best * 0.8)
    return Found(place, place + 1, choices[index].id, 0.45 if rivals else min(0.8, round(0.4 + best * 0.4, 3)), rivals)


def _likeness(said: str, wanted: str) -> float:
    if said == wanted:
        return 1.0
    if min(len(said), len(wanted)) >= 5 and (said.startswith(wanted) or wanted.startswith(said)):
        return 0.9
    if min(len(said), len(wanted)) < 4 or abs(len(said) - len(wanted)) > 2 or said[0] != wanted[0]:
        return 0.0
    ratio = SequenceMatcher(None, said, wanted, autojunk=False).ratio()
    return ratio if ratio >= 0.78 else 0.0


_LAST_OF_ELSE = tuple(
    (word,) for word in ("name", "names", "night", "week", "month", "year", "summer", "winter", "time", "visit")
)
"""words after "last" with which it picks nothing: "I was there last year" """


def _by_place(u: Utterance, choices: Sequence[Choice]) -> list[Found]:
    hits: list[Found] = []
    if u.words[:1] in _ASKS or "repeat" in u.words:
        return hits
    u = without_idioms(Kind.ordinal, u)
    for i, word in enumerate(u.words):
        if word == MASK:
            continue
        place = read_ordinal(u.words, i)
        if place and is_no_place(u.words, i, place[1]):
            continue
        if place is None and word in ("option", "number", "choice"):
            place = read_cardinal(u.words, i + 1)
        if place is None and (word == "latter" or (word == "last" and u.words[i + 1 : i + 2] not in _LAST_OF_ELSE)):
            place = len(choices), i + 1
        if place is None and word == "former":
            place = 1, i + 1
        if place is None and word == "middle" and len(choices) % 2:
            place = len(choices) // 2 + 1, i + 1
        if place is None and word in ("top", "bottom"):
            place = 1 if word == "top" else len(choices), i + 1
        if place is None and len(u.words) <= 2:
            place = read_cardinal(u.words, i)
        if place and 1 <= place[0] <= len(choices):
            hits.append(Found(i, place[1], choices[place[0] - 1].id, 0.85))
    return hits


def find_choice(u: Utterance, context: Context) -> Found | None:
    """The kind ``choice`` among ``context.choices``."""
    if not context.choices:
        return None
    exact = _exact(u, context.choices)
    if exact:
        # Two things named without "or" or a correction between them: ask, do not pick in silence.
        found = settle_found(exact, u)
        settled_values = {hit.value for hit in exact}
        if found and len(settled_values) > 1 and not found.also:
            others = tuple(v for v in dict.fromkeys(h.value for h in exact) if v != found.value)
            return Found(found.start, found.end, found.value, 0.5, others)
        return found
    if u.strict:
        return None  # "the second one" may be of anything that was offered
    return settle_found(_by_place(u, context.choices), u) or _partial(u, context.choices)
