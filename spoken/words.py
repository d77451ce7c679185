"""Numbers, digits and codes in words. Read-back speaks words only: a synthetic voice may swallow "0"."""

from __future__ import annotations

from collections.abc import Sequence

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = (
    "-", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_ORDINAL_ENDS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
    "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
_ALPHABET = (
    "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet", "Kilo",
    "Lima", "Mike", "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform",
    "Victor", "Whiskey", "X-ray", "Yankee", "Zulu",
)  # fmt: skip
SPELLING_WORDS = {word[0].lower(): word for word in _ALPHABET}
_SIGNS = {".": "dot", "@": "at", "_": "underscore", "-": "dash", "+": "plus", "'": "apostrophe", " ": "space"}


def cardinal_words(n: int, *, and_: bool = False) -> str:
    """``125`` -> "one hundred twenty five" (British ``and_``: "one hundred and twenty five")."""
    if n < 0:
        return "minus " + cardinal_words(-n, and_=and_)
    if n >= 10**12:
        return words_for_digits(str(n), zero="zero")
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (" " + ONES[n % 10] if n % 10 else "")
    for size, name in SCALES:
        if n >= size:
            head = f"{cardinal_words(n // size, and_=and_)} {name}"
            rest = n % size
            joint = " and " if and_ and 0 < rest < 100 else " "
            return head + (joint + cardinal_words(rest, and_=and_) if rest else "")
    raise AssertionError(n)


def number_words(x: int | float, *, and_: bool = False) -> str:
    """An int or a float in words: ``2.5`` -> "two point five"."""
    if isinstance(x, int) or x.is_integer():
        return cardinal_words(int(x), and_=and_)
    whole, _, part = f"{abs(x):.6f}".rstrip("0").partition(".")
    head = "minus " if x < 0 else ""
    return f"{head}{cardinal_words(int(whole), and_=and_)} point {words_for_digits(part, zero='zero')}"


def ordinal_words(n: int) -> str:
    """``21`` -> "twenty first"."""
    *head, last = cardinal_words(n).split()
    if last in _ORDINAL_ENDS:
        last = _ORDINAL_ENDS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return " ".join([*head, last])


def year_words(year: int) -> str:
    """``1985`` -> "nineteen eighty five", ``2005`` -> "two thousand five", ``1905`` -> "nineteen oh five"."""
    century, rest = divmod(year, 100)
    if not 1000 <= year <= 9999 or year % 1000 < 10:
        return cardinal_words(year)
    if rest == 0:
        return f"{cardinal_words(century)} hundred"
    return f"{cardinal_words(century)} {'oh ' if rest < 10 else ''}{cardinal_words(rest)}"


def words_for_digits(digits: str, *, groups: Sequence[int] = (), zero: str = "oh") -> str:
    """Digits one by one, a comma (a breath) after each group: ``'5550192', groups=(3, 4)`` ->
    "five five five, oh one nine two". Other characters are skipped; what is left forms the last group."""
    names = [zero if d == "0" else ONES[int(d)] for d in digits if d in "0123456789"]
    parts: list[str] = []
    for size in groups:
        if names:
            parts.append(" ".join(names[:size]))
            names = names[size:]
    if names:
        parts.append(" ".join(names))
    return ", ".join(parts)


def spell(text: str, *, with_words: bool = True) -> str:
    """Letter by letter: "M as in Mike, I as in India"; without words "M, I". Digits and signs are named."""
    said: list[str] = []
    for character in text:
        low = character.lower()
        if low in SPELLING_WORDS:
            said.append(f"{low.upper()} as in {SPELLING_WORDS[low]}" if with_words else low.upper())
        elif character in "0123456789":
            said.append(ONES[int(character)])
        elif character in _SIGNS:
            said.append(_SIGNS[character])
        elif character.isalpha():
            said.append(character.upper())
    return ", ".join(said)


def say_code(code: str, *, spelled: bool = False) -> str:
    """A reference such as ``'AB1204'``: "A B, one two zero four". Zero is "zero", since O is a letter."""
    parts: list[str] = []
    run = ""
    for character in [*code, "\0"]:
        if run and (character == "\0" or character.isdigit() != run[-1].isdigit() or not character.isalnum()):
            parts.append(_code_run(run, spelled))
            run = ""
        if character.isalnum():
            run += character
    return ", ".join(parts)


def _code_run(run: str, spelled: bool) -> str:
    if run[0] in "0123456789":
        size = 3 if len(run) % 3 == 0 or len(run) > 5 else 5
        groups = [size] * (len(run) // size)
        if groups and len(run) % size == 1:
            groups[-1] += 1
        return words_for_digits(run, groups=groups, zero="zero")
    return spell(run) if spelled else spell(run, with_words=False).replace(",", "")
