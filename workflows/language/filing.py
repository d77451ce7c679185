"""Reading how a script's calls are filed: dispositions, fields of its own, and where older versions of it lead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflows.language.keys import NOTE, names
from workflows.language.model import Act, End, Migration, Note, Step
from workflows.language.nodes import Fields, Node, suggestion
from workflows.language.reading import Where, argument_of, kind_of
from workflows.language.slots import KINDS

_DIGEST = re.compile(r"[0-9a-f]{12,64}")


def read_dispositions(fields: Fields, steps: Mapping[str, Step]) -> tuple[str, ...]:
    """How calls may be filed. Raises ScriptError when a step files them otherwise."""
    node = fields.get("dispositions")
    if node is None:
        return ()
    known = tuple(dict.fromkeys(item.identifier("a disposition") for item in node.items("dispositions")))
    for step in steps.values():
        filed = step.disposition if isinstance(step, End) else step.outcome if isinstance(step, Act) else ""
        if filed and filed not in known:
            raise node.refuse(
                f"step {step.id} files the call as {filed!r}, which is none of the dispositions",
                f"add {filed} to the list; {suggestion(filed, known)}",
                "unknown-disposition",
            )
    return known


def read_notes(fields: Fields, where: Where) -> dict[str, Note]:
    """The fields that are kept of every call. Raises ScriptError when a source is of another kind."""
    node = fields.get("fields")
    notes: dict[str, Note] = {}
    for name, item in (node.fields("fields").found if node else {}).items():
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
            raise item.refuse(f"a field cannot be called {name!r}", "use lower case letters, digits and underscores")
        entry = item.fields(f"field {name}", names(NOTE))
        kind = entry.need("kind").one_of("kind", KINDS)
        source = argument_of(name, entry.need("from"), "", where)
        found = kind_of(source, where.scope)
        if found not in (kind, ""):
            reason = f"field {name} is a {kind}, and what it is taken from a {found}"
            raise item.refuse(reason, f"make it kind: {found}")
        notes[name] = Note(name, kind, source)
    return notes


def read_migrations(fields: Fields) -> tuple[Migration, ...]:
    """Older versions, by their digest, and where their steps lead now."""
    node = fields.get("migrates")
    return tuple(_migration(name, item) for name, item in (node.fields("migrates").found if node else {}).items())


def _migration(digest: str, node: Node) -> Migration:
    if not _DIGEST.fullmatch(digest):
        raise node.refuse(
            f"migrates names {digest!r}, which is no version of a script",
            "write the first 12 or more characters of its digest, as the record has it",
        )
    steps = node.fields(f"migration from {digest}").found
    return Migration(digest, {old: new.text("a step") for old, new in steps.items()})
