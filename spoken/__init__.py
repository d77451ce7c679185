"""Values as people say them: parse with evidence, validate, read back, enter by keys, expect."""

from __future__ import annotations

from .expectations import expectation
from .extending import extend
from .full_names import like_heard, says_one_name
from .key_letters import from_pairs, to_pairs
from .key_prompts import key_prompt
from .key_shapes import KeyShape, key_shape
from .keys import NO_WORDS, from_keys
from .kinds import (
    SUPPORTED_LOCALES,
    Choice,
    Context,
    Expectation,
    Kind,
    Parsed,
    Patience,
    SpokenError,
    UnknownTimeZone,
    UnsupportedLocale,
    Value,
)
from .one_go import first_and_last
from .parsing import parse, parse_all
from .read_back import read_back
from .validation import validate
from .words import cardinal_words, number_words, ordinal_words, say_code, spell, words_for_digits, year_words

__all__ = [
    "NO_WORDS",
    "SUPPORTED_LOCALES",
    "Choice",
    "Context",
    "Expectation",
    "KeyShape",
    "Kind",
    "Parsed",
    "Patience",
    "SpokenError",
    "UnknownTimeZone",
    "UnsupportedLocale",
    "Value",
    "cardinal_words",
    "expectation",
    "extend",
    "first_and_last",
    "from_keys",
    "from_pairs",
    "key_prompt",
    "key_shape",
    "like_heard",
    "number_words",
    "ordinal_words",
    "parse",
    "parse_all",
    "read_back",
    "say_code",
    "says_one_name",
    "spell",
    "to_pairs",
    "validate",
    "words_for_digits",
    "year_words",
]
