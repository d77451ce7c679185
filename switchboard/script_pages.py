"""The pages about scripts that are drawn from the code: every check of the linter, every key of the language."""

from __future__ import annotations

import re

from workflows.language.catalogue import ACTIONS, ActionSpec
from workflows.language.keys import ARGUMENT, CASE, INTENT, LINE, NOTE, SCRIPT, SLOT, STEPS, TOPIC, Keys
from workflows.language.model import CALL_TRUTHS
from workflows.language.wording import TRUTHFUL, WORDING
from workflows.lint import CHECKS, GROUPS

_LINT_HEAD = """# What the linter looks for

Drawn from the checks' docstrings by `switchboard docs`. `switchboard workflow lint` prints every complaint as
`FILE:LINE: reason; fix [check]` and fails when there is an error. An error stands for a call that would go wrong, a
warning for one that could be better. What is marked *firm* is refused by every server, too.

A complaint you know about and want to live with is excused at its line, or above it, with a reason:

```yaml
  # lint: allow line-too-long because the law wants every word of it
```

{count} checks:
"""

_TABLES: dict[str, Keys] = {
    "script": SCRIPT,
    "slot": SLOT,
    "topic": TOPIC,
    "line": LINE,
    "intent": INTENT,
    "case": CASE,
    "field": NOTE,
    "argument": ARGUMENT,
    **{f"step {verb}": keys for verb, keys in STEPS.items()},
}

_MARKED = re.compile(r"(<!-- (?!end)(?P<name>[a-z_ ]+) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)


def lint_page() -> str:
    """``docs/lint.md``."""
    parts = [_LINT_HEAD.format(count=len(CHECKS))]
    for title, checks in GROUPS.items():
        parts.append(f"## {title}\n")
        for check in checks:
            firm = ", firm" if check.firm else ""
            about = check.about.replace("``", "`")
            parts.append(f"### `{check.id}` ({check.severity}{firm})\n\n{about}\n")
    return "\n".join(parts)


def language_page(text: str) -> str:
    """``docs/language.md`` with its tables drawn anew: those between ``<!-- NAME -->`` and ``<!-- end -->``."""
    return _MARKED.sub(lambda m: f"{m[1]}{_table(m['name'])}{m[4]}", text)


def _table(name: str) -> str:
    if name == "truths":
        return f"`call:` asks of the call itself: {', '.join(f'`{truth}`' for truth in CALL_TRUTHS)}.\n"
    if name == "actions":
        return "".join(_action(spec) for spec in ACTIONS.values())
    if name == "wording":
        rows = "".join(f"| `{key}` | {words} |\n" for key, words in WORDING.items() if key not in TRUTHFUL)
        return f"| key | the house says |\n|---|---|\n{rows}"
    rows = "".join(
        f"| `{key.name}` | {'yes' if key.needed else ''} | {key.shape.replace('_', ' ')} | {key.meaning} |\n"
        for key in _TABLES[name]
    )
    return f"| key | needed | what stands there | meaning |\n|---|---|---|---|\n{rows}"


def _action(spec: ActionSpec) -> str:
    given = ", ".join(f"{name}{'?' if name in spec.optional else ''}: {kind}" for name, kind in spec.arguments.items())
    traits = [word for word in ("writes", "personal", "tentative") if getattr(spec, word)]
    rows = [f"* `{spec.name}`" + (f" ({', '.join(traits)})" if traits else "")]
    rows += [f"takes {given}"] if given else []
    rows += [f"finds {', '.join(f'`{fact}`' for fact in spec.finds)}"] if spec.finds else []
    rows += [f"leaves a receipt with {', '.join(f'`{field}`' for field in spec.receipt)}"] if spec.receipt else []
    rows += [f"may refuse with {', '.join(f'`{code}`' for code in sorted(spec.refusals))}"] if spec.refusals else []
    return "; ".join(rows) + "\n"
