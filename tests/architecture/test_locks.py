"""What is installed is what was tested: digests for everything, an address for nothing, nothing missing."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import PACKAGES, PROJECT, python_files, tree

LOCKS = ("requirements.lock", "models.lock")


def locked(name: str) -> dict[str, Requirement]:
    """The pinned requirements of one lock by canonical name; those for this Python win over others."""
    text = (PROJECT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, Requirement] = {}
    for line in text.splitlines():
        requirement = Requirement(line.split(" --hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate():
            found[canonicalize_name(requirement.name)] = requirement
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_has_its_digest(name: str) -> None:
    lines = (PROJECT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9._-]+==\S+( ; .*?)?(\s+--hash=sha256:[0-9a-f]{64})+", line.strip()), line[:90]


def test_the_lock_is_closed_under_dependencies() -> None:
    pins = locked("requirements.lock")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    roots = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["test"]]
    todo = [need for need in roots if applies(need, {""})]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        need = todo.pop()
        key = (canonicalize_name(need.name), frozenset(need.extras))
        if key in seen:
            continue
        seen.add(key)
        assert key[0] in pins, f"{need} is not in requirements.lock: run `make lock`"
        assert need.specifier.contains(next(iter(pins[key[0]].specifier)).version, prereleases=True), str(need)
        try:
            wanted = [Requirement(text) for text in requires(need.name) or []]
        except PackageNotFoundError:
            pytest.fail(f"{need.name} is locked but not installed: run `make env`")
        todo += [one for one in wanted if applies(one, need.extras or {""})]


def applies(need: Requirement, extras: set[str]) -> bool:
    """Whether a requirement counts on this Python, on this machine, with these extras asked for."""
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    for extra in ("metrics", "otel"):
        declared |= {canonicalize_name(Requirement(text).name) for text in project["optional-dependencies"][extra]}
    declared |= {"audioop-lts", *locked("models.lock")}
    known = packages_distributions()
    undeclared = set()
    for path in python_files(*PACKAGES, "migrations"):
        for name in imported(path) - set(sys.stdlib_module_names) - {*PACKAGES, "migrations"}:
            owners = {canonicalize_name(owner) for owner in known.get(name, [name])}
            if not owners & declared:
                undeclared.add(f"{path}: {name}")
    assert not undeclared


def imported(path: Path) -> set[str]:
    """Top-level modules a file imports absolutely."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_makefile_stays_small() -> None:
    targets = re.findall(r"^[a-z][a-z-]*:(?!=)", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(targets) <= 9
