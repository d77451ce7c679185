"""The settings of a line which say who hears, understands and speaks, and with which words."""

from __future__ import annotations

import re
from typing import Any, Protocol

import yaml

from agent.providers.registry import Kind, find
from calls.errors import ConfigurationError
from calls.line import Persona, Term

OFFLINE = "offline"
STAGES: dict[str, Kind] = {"hearing": "hearing", "understanding": "thinking", "speaking": "speaking"}
"""Setting of a line -> kind of provider."""

KEYS = (*STAGES, "voice", "vocabulary", "persona")
_MOST_PROVIDERS = 4
_MOST_TERMS = 500
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class Reader(Protocol):
    """Takes values out of YAML nodes; see ``switchboard/lines.py``."""

    def wrong(self, node: yaml.Node | None, reason: str, fix: str) -> ConfigurationError:
        """The error for ``node``."""

    def mapping(self, node: yaml.Node | None, what: str) -> dict[str, yaml.Node]:
        """Keys and values."""

    def text(self, node: yaml.Node, what: str) -> str:
        """A scalar as text."""


def read_providers(reader: Reader, raw: dict[str, yaml.Node]) -> dict[str, Any]:
    """The fields of ``Line`` that ``KEYS`` set, those given. Raises ConfigurationError."""
    out: dict[str, Any] = {key: _stage(reader, key, raw[key]) for key in STAGES if key in raw}
    if "voice" in raw:
        out["voice"] = _voice(reader, raw["voice"], len(out.get("speaking", ("",))))
        if out.get("speaking", (OFFLINE,))[0] == OFFLINE and out["voice"][0] != "default":
            fix = "use default, or name a speaking provider"
            raise reader.wrong(raw["voice"], f"voice {out['voice'][0]!r} is not offered", fix)
    if "vocabulary" in raw:
        out["vocabulary"] = _vocabulary(reader, raw["vocabulary"])
    if "persona" in raw:
        out["persona"] = _persona(reader, raw["persona"])
    return out


def _listed(reader: Reader, node: yaml.Node, what: str) -> tuple[tuple[str, yaml.Node], ...]:
    """One word, or a list of words."""
    nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
    if not nodes:
        raise reader.wrong(node, f"{what} is an empty list", "name at least one, or leave the setting out")
    return tuple((reader.text(each, what), each) for each in nodes)


def _stage(reader: Reader, key: str, node: yaml.Node) -> tuple[str, ...]:
    named = _listed(reader, node, key)
    names = [name for name, _ in named]
    if len(named) > _MOST_PROVIDERS:
        raise reader.wrong(node, f"{key} has {len(named)} providers", f"keep at most {_MOST_PROVIDERS}")
    for place, (name, at) in enumerate(named):
        if name in names[:place]:
            raise reader.wrong(at, f"{key} names {name} twice", "keep one of them")
        if name == OFFLINE:
            continue
        if "/" not in name:
            fix = f"use {OFFLINE}, or a provider as VENDOR/MODEL (switchboard doctor lists them)"
            raise reader.wrong(at, f"{key} {name!r} is not offered", fix)
        try:
            find(STAGES[key], name)
        except ConfigurationError as why:
            reason, _, there_are = str(why).partition("; ")
            raise reader.wrong(at, f"{key}: {reason}", there_are or "name another") from why
    if key == "understanding" and OFFLINE in names[:-1]:
        # What this machine understands is never left to a model: it goes before all of them as it is.
        raise reader.wrong(node, "understanding names a model behind offline", f"put {OFFLINE} last, or leave it out")
    return tuple(names)


def _voice(reader: Reader, node: yaml.Node, speakers: int) -> tuple[str, ...]:
    named = _listed(reader, node, "voice")
    for name, at in named:
        if not _VOICE.fullmatch(name):
            raise reader.wrong(at, f"voice {name!r} is no id", "copy the id from the vendor's list of voices")
    if len(named) > speakers:
        fix = "give one for each provider of speaking, in the same order"
        raise reader.wrong(node, f"there are {len(named)} voices for {speakers} speaking provider(s)", fix)
    return tuple(name for name, _ in named)


def _vocabulary(reader: Reader, node: yaml.Node) -> tuple[Term, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise reader.wrong(node, "vocabulary must be a list", "write '- Invisalign' or '- term: Invisalign' entries")
    if len(node.value) > _MOST_TERMS:
        raise reader.wrong(node, f"vocabulary has {len(node.value)} terms", f"keep the {_MOST_TERMS} that matter")
    terms = [_term(reader, each) for each in node.value]
    seen: set[str] = set()
    for term, at in zip(terms, node.value, strict=True):
        if term.text.lower() in seen:
            raise reader.wrong(at, f"vocabulary has {term.text!r} twice", "keep one of them")
        seen.add(term.text.lower())
    return tuple(terms)


def _term(reader: Reader, node: yaml.Node) -> Term:
    if isinstance(node, yaml.ScalarNode):
        return Term(reader.text(node, "a term"))
    raw = reader.mapping(node, "a term")
    if "term" not in raw or set(raw) - {"term", "spoken", "say", "ipa"}:
        raise reader.wrong(node, "a term has term and perhaps spoken, say, ipa", "name those")
    spoken = tuple(word for word, _ in _listed(reader, raw["spoken"], "spoken")) if "spoken" in raw else ()
    say = reader.text(raw["say"], "say") if "say" in raw else ""
    return Term(reader.text(raw["term"], "term"), spoken, say, reader.text(raw["ipa"], "ipa") if "ipa" in raw else "")


def _persona(reader: Reader, node: yaml.Node) -> Persona:
    raw = reader.mapping(node, "persona")
    if set(raw) - {"manner", "avoid"}:
        fix = "name those (what the agent is called is agent_name)"
        raise reader.wrong(node, "persona has manner and avoid", fix)
    manner = reader.text(raw["manner"], "manner") if "manner" in raw else ""
    if len(manner) > 500:
        raise reader.wrong(raw["manner"], f"manner has {len(manner)} characters", "keep it below 500")
    avoid = tuple(word for word, _ in _listed(reader, raw["avoid"], "avoid")) if "avoid" in raw else ()
    return Persona(manner, avoid)
