"""The form a model fills in, read while it is written: first the commands, as one value, then the reply, word by word.

Pure: characters in, parts out. The pieces of a stream may split the JSON anywhere, also inside an escape. Keys that are
not asked for are passed over; what is no JSON, too large or too deep raises ``GarbledForm`` and says nothing of the
text. RFC 8259 is the grammar; duplicated keys are refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from agent.thinking.model import Json

MOST_VALUE = 8_000
"""characters of the commands"""
MOST_REPLY = 4_000
"""characters of the reply"""
MOST_DEPTH = 12

_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "", "f": "", "n": "\n", "r": "", "t": " "}
_SPACE = frozenset(" \t\r\n")
_HEX = frozenset("0123456789abcdefABCDEF")


class GarbledForm(ValueError):
    """What the model wrote is not the form it was given."""


@dataclass(frozen=True, slots=True)
class CommandsWritten:
    """The commands are complete."""

    value: Json


@dataclass(frozen=True, slots=True)
class ReplyGrew:
    """More of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class FormFilled:
    """The form is closed; nothing counts that follows."""


FormPart = CommandsWritten | ReplyGrew | FormFilled


class FormStream:
    """Grammar: feed*, then ``done`` tells whether the form was closed."""

    def __init__(self, commands: str = "commands", reply: str = "reply") -> None:
        self._commands, self._reply = commands, reply
        self._state = "start"
        """``start | key_or_end | key | in_key | colon | before | text | value | comma_or_end | end``"""
        self._key = ""
        self._seen: set[str] = set()
        self._raw: list[str] = []
        self._in_string = False
        self._escaped = False
        self._depth = 0
        self._text = _Text()
        self._spoken = 0
        self._parts: list[FormPart] = []

    @property
    def done(self) -> bool:
        """The form was closed."""
        return self._state == "end"

    def feed(self, piece: str) -> list[FormPart]:
        """What is complete now. Raises GarbledForm."""
        for character in piece:
            if self._state == "end":
                break
            self._take(character)
        self._flush()
        given, self._parts = self._parts, []
        return given

    def _take(self, character: str) -> None:
        if self._state in ("in_key", "text"):
            self._take_text(character)
        elif self._state == "value":
            self._take_value(character)
        elif character not in _SPACE:
            self._take_mark(character)

    def _take_mark(self, character: str) -> None:
        match self._state, character:
            case "start", "{":
                self._state = "key_or_end"
            case (("key_or_end" | "key"), '"'):
                self._text, self._state = _Text(), "in_key"
            case (("key_or_end" | "comma_or_end"), "}"):
                self._state = "end"
                self._flush()
                self._parts.append(FormFilled())
            case "colon", ":":
                self._state = "before"
            case "comma_or_end", ",":
                self._state = "key"
            case "before", '"' if self._key == self._reply:
                self._text, self._state = _Text(), "text"
            case "before", _:
                self._raw, self._depth, self._in_string, self._escaped = [], 0, False, False
                self._state = "value"
                self._take_value(character)
            case _:
                raise GarbledForm(f"unexpected character where {self._state.replace('_', ' ')} was expected")

    def _take_text(self, character: str) -> None:
        if not self._text.take(character):
            self._spoken += self._state == "text"
            if self._spoken > MOST_REPLY * 6 or (self._state == "in_key" and len(self._text.ready) > 64):
                raise GarbledForm("a text has no end")
            return
        if self._state == "text":
            self._flush()
            self._state = "comma_or_end"
            return
        self._key = "".join(self._text.ready)
        if self._key in self._seen:
            raise GarbledForm("a key stands twice")
        self._seen.add(self._key)
        self._state = "colon"

    def _take_value(self, character: str) -> None:
        """Anything but the reply: taken as it stands until it ends."""
        ends_bare = self._depth == 0 and not self._in_string and character in ",}"
        if not ends_bare:
            self._raw.append(character)
            if len(self._raw) > MOST_VALUE:
                raise GarbledForm("a value is too large")
        if self._in_string:
            if self._escaped:
                self._escaped = False
            elif character == "\\":
                self._escaped = True
            elif character == '"':
                self._in_string = False
                self._end_value(self._depth == 0)
        elif character == '"':
            self._in_string = True
        elif character in "[{":
            self._depth += 1
            if self._depth > MOST_DEPTH:
                raise GarbledForm("a value is too deep")
        elif character in "]}" and self._depth:
            self._depth -= 1
            self._end_value(self._depth == 0)
        elif ends_bare:
            self._end_value(True)
            self._take_mark(character)

    def _end_value(self, ended: bool) -> None:
        if not ended:
            return
        fault = False
        value: Json = None
        try:
            value = json.loads("".join(self._raw))
        except (ValueError, RecursionError):
            fault = True
        if fault:
            # Outside the handler: a decoder's exception carries the whole text with it.
            raise GarbledForm("a value is no JSON")
        self._state = "comma_or_end"
        if self._key == self._commands:
            self._parts.append(CommandsWritten(value))

    def _flush(self) -> None:
        if self._state == "text" and self._text.ready:
            self._parts.append(ReplyGrew("".join(self._text.ready)))
            self._text.ready.clear()


class _Text:
    """The characters of a JSON string after its opening quote."""

    def __init__(self) -> None:
        self.ready: list[str] = []
        self._escape: str | None = None
        """what came since the backslash; None outside an escape"""
        self._high = ""
        """the first half of a surrogate pair"""

    def take(self, character: str) -> bool:
        """One more; True when it was the closing quote. Raises GarbledForm."""
        if self._escape is not None:
            self._take_escaped(character)
        elif character == '"':
            self._end_pair()
            return True
        elif character == "\\":
            self._escape = ""
        else:
            # Control characters should have been escaped (RFC 8259, 7); models write them, and they are blanks.
            self._end_pair()
            self.ready.append(character if character >= " " else " ")
        return False

    def _take_escaped(self, character: str) -> None:
        assert self._escape is not None
        if not self._escape and character != "u":
            if character not in _ESCAPES:
                raise GarbledForm("an escape is not known")
            self._end_pair()
            self.ready.append(_ESCAPES[character])
            self._escape = None
            return
        if self._escape and character not in _HEX:
            raise GarbledForm("an escape is no number")
        self._escape += character
        if len(self._escape) == 5:
            self._code(int(self._escape[1:], 16))
            self._escape = None

    def _code(self, code: int) -> None:
        if 0xDC00 <= code <= 0xDFFF and self._high:
            self.ready.append((self._high + chr(code)).encode("utf-16", "surrogatepass").decode("utf-16"))
            self._high = ""
            return
        self._end_pair()
        if 0xD800 <= code <= 0xDBFF:
            self._high = chr(code)
        elif not 0xDC00 <= code <= 0xDFFF and code >= 0x20:
            self.ready.append(chr(code))

    def _end_pair(self) -> None:
        """Half a pair stands for nothing."""
        self._high = ""
