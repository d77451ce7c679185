"""Numbers in words, as a caller would say them: cardinals, ordinals, years, sums of money."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

LOCALES = ("en-US", "en-GB")

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IRREGULAR_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_LARGEST = 999_999


def cardinal(number: int, locale: str = "en-US") -> str:
    """`115` as "one hundred fifteen", with "and" in en-GB; 0 to 999,999, else ValueError."""
    if not 0 <= number <= _LARGEST:
        raise ValueError(f"{number} is not between 0 and {_LARGEST}; say it digit by digit")
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f" {_ONES[ones]}" if ones else "")
    joint = " and " if locale == "en-GB" else " "
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (joint + cardinal(rest, locale) if rest else "")
    thousands, rest = divmod(number, 1000)
    small = joint if rest < 100 else " "
    return f"{cardinal(thousands, locale)} thousand" + (small + cardinal(rest, locale) if rest else "")


def ordinal(number: int, locale: str = "en-US") -> str:
    """`21` as "twenty first"."""
    head, _, last = cardinal(number, locale).rpartition(" ")
    if last in _IRREGULAR_ORDINALS:
        last = _IRREGULAR_ORDINALS[last]
    elif last.endswith("y"):
        last = last[:-1] + "ieth"
    else:
        last += "th"
    return f"{head} {last}".strip()


def year(number: int, locale: str = "en-US") -> str:
    """`1984` as "nineteen eighty four", `2003` as "two thousand three" ("two thousand and three" in en-GB)."""
    century, rest = divmod(number, 100)
    if number < 1000 or (century % 10 == 0 and rest < 10):
        return cardinal(number, locale)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    if rest < 10:
        return f"{cardinal(century)} oh {cardinal(rest)}"
    return f"{cardinal(century)} {cardinal(rest)}"


def two_digits(number: int) -> str:
    """The last two digits of a year or the minutes of a time: `5` as "oh five", `40` as "forty"."""
    return f"oh {_ONES[number]}" if number < 10 else cardinal(number)


def digit(character: str) -> str:
    """One digit in words."""
    return _ONES[int(character)]


def money(value: str | int | float, locale: str) -> dict[str, str]:
    """The pieces a sum can be said with; `value` is a number such as `45` or `"45.50"`, else ValueError."""
    try:
        sum_ = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a sum of money such as 45.50") from None
    if sum_ < 0:
        raise ValueError(f"{value!r} is below zero; nobody pays that")
    whole, cents = divmod(int(sum_ * 100), 100)
    unit, slang, sign, small = ("pound", "quid", "£", "p") if locale == "en-GB" else ("dollar", "bucks", "$", "cents")
    units = unit if whole == 1 else unit + "s"
    slang = slang.removesuffix("s") if whole == 1 else slang
    words = cardinal(whole, locale)
    numerals = f"{whole}.{cents:02}" if cents else str(whole)
    pieces = {"amount_numerals": numerals, "amount_currency": f"{sign}{numerals}"}
    if not cents:
        return pieces | {"amount": f"{words} {units}", "amount_short": words, "casual": f"{words} {slang}"}
    pence = "cent" if small == "cents" and cents == 1 else small
    return pieces | {
        "amount": f"{words} {units} and {cardinal(cents)} {pence}",
        "amount_short": f"{words} {two_digits(cents)}",
    }
