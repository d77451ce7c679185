"""The file of customer systems: read strictly, every complaint with its line.

    systems: {NAME: {base: https://HOST/PATH/, headers: {NAME: TEXT with {secret.SYSTEM_X}}}}
    actions: {NAME: {system: NAME, method: GET|POST|PUT|PATCH|DELETE, path: TEXT with {argument},
                     query: {NAME: TEXT}, body: {NAME: TEXT}, arguments: {NAME: KIND}, optional: [arguments],
                     finds: {FACT: KIND or {kind, at}}, receipt: {FIELD: KIND or {kind, at}},
                     refusals: {CODE: {status: [404], at: a.b, is: [values]}},
                     writes, personal: true|false, outcome: NAME, timeout_ms: 100-10000, example: {RESULT: VALUE}}}

Beside arguments, texts may hold ``{call.key}`` (the idempotency key), ``{call.id}`` and ``{call.subject}`` (whom the
caller proved to be).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from calls.commands import Value
from calls.errors import ConfigurationError
from spoken import Kind
from workflows.customer_systems.addresses import Fence, Forbidden
from workflows.customer_systems.model import (
    READ_MS,
    SECRET_PREFIX,
    WRITE_MS,
    HttpAction,
    RefusedWhen,
    Result,
    System,
    Systems,
)
from workflows.customer_systems.templates import gaps, stray
from workflows.customer_systems.typed import LIST, RESULT_KINDS, Mismatch, read_value
from workflows.language.catalogue import UNAVAILABLE, ActionSpec
from workflows.language.nodes import Fields, Node, ScriptError, compose

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OF_CALL = ("call.key", "call.id", "call.subject")
_ACTION = (
    "system", "method", "path", "query", "body", "arguments", "optional", "finds", "receipt", "refusals", "writes",
    "personal", "outcome", "timeout_ms", "example",
)  # fmt: skip
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_OURS = {
    "host", "content-length", "transfer-encoding", "connection", "accept-encoding", "content-type", "idempotency-key",
}  # fmt: skip
_SECRET = re.compile(rf"{SECRET_PREFIX}[A-Z0-9_]{{1,60}}")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d+)?")


def read_systems(path: Path, fence: Fence) -> Systems:
    """The systems in a file; none when there is no such file. Raises ConfigurationError, naming file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Systems()
    except (OSError, UnicodeDecodeError) as why:
        raise ConfigurationError(f"{path} cannot be read ({type(why).__name__}); set SWITCHBOARD_SYSTEMS") from None
    return parse_systems(text, str(path), fence)


def parse_systems(text: str, file: str, fence: Fence) -> Systems:
    """The systems in a text. Raises ScriptError."""
    top = compose(text, file).fields("the file", ("systems", "actions"))
    named = top.need("systems").fields("systems").found
    systems = {name: _system(name, node, fence) for name, node in named.items()}
    actions = top.need("actions").fields("actions").found
    return Systems({name: _action(name, node, systems) for name, node in actions.items()})


def _system(name: str, node: Node, fence: Fence) -> System:
    fields = node.fields(f"system {name}", ("base", "headers"))
    at = fields.need("base")
    base = at.text("base")
    try:
        url = fence.check(base)
    except Forbidden as why:
        raise at.refuse(str(why).partition(";")[0], str(why).partition("; ")[2] or "use another base") from None
    if url.query_string or not base.endswith("/"):
        raise at.refuse("base ends in a slash and has no query", "write it like https://api.example.com/v1/")
    return System(name, base, _headers(fields))


def _headers(fields: Fields) -> Mapping[str, str]:
    node = fields.get("headers")
    headers: dict[str, str] = {}
    for name, value in (node.fields("headers").found if node is not None else {}).items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS:
            raise value.refuse(f"header {name!r} cannot be set", "leave it out")
        text = _template(value, f"header {name}", ())
        wrong = [gap for gap in gaps(text) if not _SECRET.fullmatch(gap.removeprefix("secret."))]
        if wrong:
            fix = f"write {{secret.{SECRET_PREFIX}NAME}} and set {SECRET_PREFIX}NAME in the environment"
            raise value.refuse(f"a header has no {wrong[0]!r}", fix)
        headers[name] = text
    return headers


def _action(name: str, node: Node, systems: Mapping[str, System]) -> HttpAction:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        raise node.refuse(f"action {name!r} is not a name", "use lower case letters, digits and underscores")
    fields = node.fields(f"action {name}", _ACTION)
    writes, personal = _truth(fields, "writes"), _truth(fields, "personal")
    arguments = _arguments(fields)
    optional = frozenset(_names(fields, "optional", arguments))
    method = fields.need("method").one_of("method", METHODS)
    if not writes and method != "GET" and "body" not in fields.found:
        raise fields.need("method").refuse(f"{method} changes something", "add writes: true, or use GET")
    if writes and method == "GET":
        raise fields.need("method").refuse("GET changes nothing", "use POST, PUT, PATCH or DELETE")
    key = "receipt" if writes else "finds"
    other = fields.get("finds" if writes else "receipt")
    if other is not None:
        raise other.refuse("what writes has a receipt, what looks up finds", f"name it {key}")
    results = _results(fields.get(key), key)
    most = WRITE_MS if writes else READ_MS
    at = fields.get("timeout_ms")
    timeout_ms = at.whole("timeout_ms", 100, most) if at is not None else READ_MS
    refusals = _refusals(fields)
    outcome = fields.get("outcome")
    kinds = {one.name: one.kind for one in results}
    spec = ActionSpec(
        name,
        writes=writes,
        arguments=arguments,
        optional=optional,
        finds={} if writes else kinds,
        receipt=kinds if writes else {},
        refusals=frozenset(one.code for one in refusals) | ({"not_verified"} if personal else frozenset()),
        outcome=outcome.identifier("outcome") if outcome is not None else "",
        personal=personal,
        slow=timeout_ms > 1_000,
        example=_example(fields, results),
    )
    known = (*arguments, *OF_CALL)
    return HttpAction(
        spec,
        systems[fields.need("system").one_of("system", systems)],
        method,
        _path(fields, [one for one in known if one not in optional]),
        _templates(fields, "query", known),
        _templates(fields, "body", known),
        results,
        refusals,
        timeout_ms,
    )


def _truth(fields: Fields, name: str) -> bool:
    node = fields.get(name)
    return node.truth(name) if node is not None else False


def _arguments(fields: Fields) -> Mapping[str, str]:
    node = fields.get("arguments")
    found = node.fields("arguments").found if node is not None else {}
    kinds = [kind.value for kind in Kind]
    return {kind.identifier("an argument") and name: kind.one_of("a kind", kinds) for name, kind in found.items()}


def _names(fields: Fields, name: str, known: Mapping[str, str]) -> list[str]:
    node = fields.get(name)
    return [item.one_of(f"an element of {name}", known) for item in node.items(name)] if node is not None else []


def _path(fields: Fields, known: list[str]) -> str:
    node = fields.need("path")
    text = _template(node, "path", known).lstrip("/")
    if "?" in text or "#" in text or "//" in text or ".." in text.split("/") or "\\" in text:
        raise node.refuse("a path has no query, no fragment and no steps upwards", "put values after ? into query")
    return text


def _templates(fields: Fields, name: str, known: tuple[str, ...]) -> Mapping[str, str]:
    node = fields.get(name)
    found = node.fields(name).found if node is not None else {}
    return {key: _template(value, f"{name} {key}", known) for key, value in found.items()}


def _template(node: Node, what: str, known: tuple[str, ...] | list[str]) -> str:
    text = node.text(what)
    if stray(text):
        raise node.refuse(f"{what} has a brace without its like", "write {argument}")
    wrong = next((gap for gap in gaps(text) if gap not in known and not (not known and gap.startswith("secret."))), "")
    if wrong:
        listed = ", ".join(known) or "{secret.NAME}"
        raise node.refuse(f"{what} names {wrong!r}, which is no argument that is always there", f"use one of: {listed}")
    return text


def _results(node: Node | None, key: str) -> tuple[Result, ...]:
    results = []
    for name, value in (node.fields(key).found if node is not None else {}).items():
        if value.is_mapping:
            fields = value.fields(f"{key} {name}", ("kind", "at"))
            kind, at = fields.need("kind").one_of("kind", RESULT_KINDS), _way(fields.need("at"))
        else:
            kind, at = value.one_of("kind", RESULT_KINDS), (name,)
        results.append(Result(name, kind, at))
    return tuple(results)


def _way(node: Node) -> tuple[str, ...]:
    return tuple(part for part in node.text("at").split(".") if part)


def _refusals(fields: Fields) -> tuple[RefusedWhen, ...]:
    node = fields.get("refusals")
    refusals = []
    for code, value in (node.fields("refusals").found if node is not None else {}).items():
        if code == UNAVAILABLE or not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", code):
            raise value.refuse(f"{code!r} cannot be named here", "every action can be unavailable; use another word")
        one = value.fields(f"refusal {code}", ("status", "at", "is"))
        status, at, values = one.get("status"), one.get("at"), one.get("is")
        if (status is None and at is None) or (at is None) != (values is None):
            raise value.refuse(f"refusal {code} says not when", "write status: 404, or at: a.b and is: VALUE")
        statuses = tuple(item.whole("a status", 200, 599) for item in status.items("status")) if status else ()
        words = tuple(item.text("a value") for item in values.items("is")) if values is not None else ()
        refusals.append(RefusedWhen(code, statuses, _way(at) if at is not None else (), words))
    return tuple(refusals)


def _example(fields: Fields, results: tuple[Result, ...]) -> Mapping[str, Value]:
    """What the action answers in rehearsals, where nobody is connected to."""
    node = fields.get("example")
    found = node.fields("example").found if node is not None else {}
    kinds = {one.name: one.kind for one in results}
    example: dict[str, Value] = {}
    for name, value in found.items():
        if name not in kinds:
            raise value.refuse(f"the example has {name!r}, which is no result", f"use one of: {', '.join(kinds)}")
        text = value.text(f"example {name}")
        try:
            example[name] = text if kinds[name].startswith(LIST) else read_value(kinds[name], _plain(kinds[name], text))
        except Mismatch:
            raise value.refuse(f"the example's {name} is no {kinds[name]}", "write it as it is spoken of") from None
    if found and set(found) != set(kinds):
        assert node is not None
        raise node.refuse("an example has every result", f"add: {', '.join(sorted(set(kinds) - set(found)))}")
    return example


def _plain(kind: str, text: str) -> object:
    if kind in ("number", "ordinal", "party_size") and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text == "true" if kind == "yes_no" and text in ("true", "false") else text


__all__ = ["ScriptError", "parse_systems", "read_systems"]
