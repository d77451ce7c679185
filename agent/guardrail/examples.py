"""The examples that stand in a policy, run."""

from __future__ import annotations

from agent.guardrail.gate import RuleGuardrail, sentences
from agent.guardrail.policy import Policy
from calls.grounding import Ground
from calls.speech import Clause


def broken_examples(policy: Policy) -> list[str]:
    """What does not hold, one line each: of every rule, and of the policy as a whole."""
    gate = RuleGuardrail(policy=policy)
    broken = []
    for rule in policy.rules:
        # A rule about every clause is tried on a script's line: there no value is in its way.
        line = "" if rule.kind == "scope" else "example"
        for text in rule.strikes:
            told = gate.judge(Clause("example", text, line), Ground(mode="free")).rule
            if told != rule.id:
                broken.append(f"{rule.id} should strike {text!r}, which {_told(told)}")
        broken += [
            f"{rule.id} should let {text!r} pass"
            for text in rule.passes
            if any(rule.hits(sentence) for sentence in sentences(text))
        ]
    for example in policy.examples:
        for text in example.passes:
            if told := gate.judge(Clause("example", text), example.ground).rule:
                broken.append(f"{text!r} should pass, but {_told(told)}")
        for wanted, text in example.strikes:
            told = gate.judge(Clause("example", text), example.ground).rule
            if told != wanted:
                broken.append(f"{wanted} should strike {text!r}, which {_told(told)}")
    return broken


def _told(rule: str) -> str:
    return f"is struck by {rule}" if rule else "passes"
