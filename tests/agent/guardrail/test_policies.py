"""Every shipped policy's own examples, and what is wrong with a policy that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.guardrail.examples import broken_examples
from agent.guardrail.gate import RuleGuardrail, sentences
from agent.guardrail.policy import SHIPPED, Example, default_policy, find_policy, policy_from, read_policy
from calls.errors import ConfigurationError
from calls.grounding import Ground
from calls.speech import Clause

POLICIES = [read_policy(path) for path in sorted(SHIPPED.glob("*.yaml"))]
PASSES = [(p, e, text) for p in POLICIES for e in p.examples for text in e.passes]
STRIKES = [(p, e, rule, text) for p in POLICIES for e in p.examples for rule, text in e.strikes]
RULES = [(p, rule) for p in POLICIES for rule in p.rules]


@pytest.mark.parametrize(("policy", "example", "text"), PASSES, ids=[text for *_, text in PASSES])
def test_what_a_policy_lets_pass_passes(policy, example: Example, text: str) -> None:  # type: ignore[no-untyped-def]
    judged = RuleGuardrail(policy=policy).judge(Clause("r.1", text), example.ground)
    assert judged.rule == "" and judged.clause is not None


@pytest.mark.parametrize(
    ("policy", "example", "rule", "text"), STRIKES, ids=[f"{rule}: {text}" for *_, rule, text in STRIKES]
)
def test_what_a_policy_strikes_is_struck(policy, example: Example, rule: str, text: str) -> None:  # type: ignore[no-untyped-def]
    assert RuleGuardrail(policy=policy).judge(Clause("r.1", text), example.ground).rule == rule


@pytest.mark.parametrize(("policy", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_a_rule_of_a_policy_has_examples_and_keeps_them(policy, rule) -> None:  # type: ignore[no-untyped-def]
    gate = RuleGuardrail(policy=policy)
    assert rule.strikes and rule.passes
    for text in rule.strikes:
        assert gate.judge(Clause("r.1", text), Ground(mode="free")).rule == rule.id, text
    for text in rule.passes:
        assert not any(rule.hits(sentence) for sentence in sentences(text)), text


def test_a_policy_has_a_version_by_which_the_record_knows_it() -> None:
    assert default_policy().id == f"default@{default_policy().version}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a list", "must have the keys"),
        ("policy: x", "whole number"),
        ("policy: x\nversion: 0", "whole number"),
        ("policy: x\nversion: 1\nrulez: []", "rulez"),
        ("policy: x\nversion: 1\nrules: [1]", "id, kind"),
        ("policy: x\nversion: 1\nrules: {a: 1}", "must be a list"),
        ("policy: x\nversion: 1\nsigns: ['(']", "no regular expression"),
        ("policy: x\nversion: 1\nexamples: [{mode: loud}]", "loud"),
        ("policy: x\nversion: 1\nrules: [{id: a, kind: must, patterns: [x]}]", "under say"),
        ("policy: x\nversion: 1\nrules: [{id: a, kind: perhaps, patterns: [x]}]", "perhaps"),
        ("policy: [", "no YAML"),
    ],
)
def test_a_policy_that_cannot_be_used_says_why(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=r"house\.yaml") as refused:
        policy_from(text, "house.yaml")
    assert told in str(refused.value)


def test_a_policy_is_found_by_file_or_by_name(tmp_path: Path) -> None:
    (tmp_path / "house.yaml").write_text("policy: house\nversion: 2\n")
    assert find_policy("house.yaml", tmp_path).id == "house@2"
    assert find_policy("default") == default_policy()
    with pytest.raises(ConfigurationError, match="default"):
        find_policy("nowhere.yaml", tmp_path)


def test_the_policy_in_the_documentation_holds_its_examples() -> None:
    page = (Path(__file__).parents[3] / "docs" / "speech-gate.md").read_text("utf-8")
    policy = policy_from(page.split("```yaml\n")[1].split("```")[0], "docs/speech-gate.md")
    assert policy.sentences >= 4
    assert broken_examples(policy) == []
