"""Values in the wordings a model writes. Written without the gate's grammars."""

from __future__ import annotations

from datetime import date
from random import Random

ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()  # noqa: SIM905
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]  # fmt: skip
ORDINALS = """zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()  # noqa: SIM905
NATO = """Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo
Sierra Tango Uniform Victor Whiskey Xray Yankee Zulu""".split()  # noqa: SIM905


def number(n: int, joint: str = "-") -> str:
    """An integer below ten thousand in words."""
    if n < 20:
        return ONES[n]
    if n < 100:
        return TENS[n // 10] + (joint + ONES[n % 10] if n % 10 else "")
    if n < 1000:
        rest = n % 100
        return f"{ONES[n // 100]} hundred" + (f" {number(rest, joint)}" if rest else "")
    rest = n % 1000
    return f"{number(n // 1000, joint)} thousand" + (f" {number(rest, joint)}" if rest else "")


def ordinal(n: int) -> str:
    """A day of the month in words."""
    if n <= 20:
        return ORDINALS[n]
    return "thirtieth" if n == 30 else f"{TENS[n // 10]}-{ORDINALS[n % 10]}"


def figure(n: int) -> str:
    """``21`` -> ``21st``."""
    return f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def price(cents: int, random: Random) -> str:
    """An amount of dollars."""
    whole, rest = divmod(cents, 100)
    joint = random.choice("- ")
    if not rest:
        return random.choice(
            [f"${whole:,}", f"{whole} dollars", f"{number(whole, joint)} dollars", f"${whole}.00", f"{whole} bucks",
             f"{number(whole, joint)} dollars"]
        )  # fmt: skip
    return random.choice(
        [f"${whole:,}.{rest:02d}", f"{number(whole, joint)} dollars and {number(rest, joint)} cents",
         f"{whole} dollars {rest}", f"{number(whole, joint)} dollars {number(rest, joint)}",
         f"{whole}.{rest:02d} dollars"]
    )  # fmt: skip


def clock(minutes: int, random: Random) -> str:
    """A time of day; without its half only where a business would say it so."""
    hour, minute = divmod(minutes, 60)
    twelve = hour % 12 or 12
    half = "am" if hour < 12 else "pm"
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 17 else "in the evening"
    said = number(twelve)
    sure = [f"{twelve}:{minute:02d} {half}", f"{twelve}:{minute:02d}{half}", f"{twelve}:{minute:02d} {half[0]}.m."]
    if hour >= 13:
        sure.append(f"{hour}:{minute:02d}")
    if minute == 0:
        sure += [f"{said} o'clock {part}", f"{said} {half}", f"{twelve} {half.upper()}", f"{said} {part}"]
    else:
        sure += [f"{said} {number(minute) if minute > 9 else 'oh ' + number(minute)} {part}"]
    if minute == 30:
        sure.append(f"half past {said} {part}")
    if minute in (15, 45):
        sure.append(
            f"a quarter {'past' if minute == 15 else 'to'} {said if minute == 15 else number(twelve % 12 + 1)} {part}"
        )
    usual = 8 * 60 <= minutes < 12 * 60 or 12 * 60 <= minutes < 19 * 60
    if usual:
        loose = {0: f"{said} o'clock", 30: f"half past {said}", 15: f"a quarter past {said}",
                 45: f"a quarter to {number(twelve % 12 + 1)}"}  # fmt: skip
        sure.append(loose.get(minute, f"{said} {number(minute)}" if minute > 9 else f"{twelve}:{minute:02d}"))
    return random.choice(sure)


def day(when: date, today: date, random: Random, weekday: int | None = None) -> str:
    """A day; ``weekday`` in place of its own."""
    name, month = DAYS[when.weekday() if weekday is None else weekday], MONTHS[when.month - 1]
    forms = [
        f"{month} {ordinal(when.day)}", f"the {ordinal(when.day)} of {month}", f"{month} {figure(when.day)}",
        f"{name}, {month} {figure(when.day)}", f"{name} the {ordinal(when.day)}", f"{when.month}/{when.day}",
        f"{month} {when.day}, {when.year}", f"{name}, the {figure(when.day)} of {month}",
    ]  # fmt: skip
    if weekday is not None:
        forms = [form for form in forms if name in form]
        return random.choice(forms)
    ahead = (when - today).days
    if when.day > 3:
        forms.append(f"the {ordinal(when.day)}")
    if 1 < ahead < 7:
        forms += [name, f"this {name}"]
    if ahead == 1:
        forms += ["tomorrow"] * 3
    if ahead == 2:
        forms += ["the day after tomorrow"] * 2
    if 2 < ahead < 15:
        forms.append(f"{number(ahead)} days from now")
    return random.choice(forms)


def code(text: str, random: Random) -> str:
    """Letters and digits."""
    spaced = " ".join(text)
    words = " ".join(number(int(c)) if c.isdigit() else c for c in text)
    head = next((i for i, c in enumerate(text) if c.isdigit()), len(text))
    parted = f"{' '.join(text[:head])}, {' '.join(number(int(c)) if c.isdigit() else c for c in text[head:])}"
    alphabet = ", ".join(number(int(c)) if c.isdigit() else f"{c} as in {NATO[ord(c) - 65]}" for c in text)
    return random.choice([text, spaced, words, parted, alphabet, f"{text[:head]}-{text[head:]}", words.lower()])
