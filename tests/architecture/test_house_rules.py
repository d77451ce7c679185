"""Names, time, tasks and sizes: what the house rules say, as far as a syntax tree can tell."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.sources import PACKAGES, PROJECT, dotted, python_files, tracked, tree

BANNED_NAMES = ("Manager", "Helper", "Util", "Processor", "Data", "Info")
LOOSE_TASKS = {"asyncio.create_task", "asyncio.ensure_future"}
SLEEPS = {"time.sleep", "asyncio.sleep"}
LONGEST_FILE = 400
LARGEST_FILE = 1_000_000


def words(name: str) -> set[str]:
    """`call_data`, `CallData`, `calldata.py`'s parts as capitalised words in the singular too."""
    parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    return {part.capitalize() for part in parts} | {part.capitalize().removesuffix("s") for part in parts}


def calls_in(path: Path) -> set[str]:
    return {dotted(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}


def test_no_class_or_module_is_named_after_nothing() -> None:
    found = []
    for path in python_files(*PACKAGES):
        names = [path.stem, *(node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef))]
        found += [f"{path}: {name}" for name in names if words(name) & set(BANNED_NAMES)]
    assert not found


def test_tasks_belong_to_a_group() -> None:
    loose = [str(path) for path in python_files(*PACKAGES) if calls_in(path) & LOOSE_TASKS]
    assert [path for path in loose if path != "calls/clock.py"] == []


def test_only_wire_tests_sleep() -> None:
    sleeping = []
    for path in python_files("tests"):
        attributes = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute))
        marks_wire = "wire" in path.parts or any(dotted(node) == "pytest.mark.wire" for node in attributes)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func) in SLEEPS and not marks_wire:
                # sleep(0) gives way to other tasks and takes no time
                argument = node.args[0] if node.args else None
                if not (isinstance(argument, ast.Constant) and argument.value == 0):
                    sleeping.append(f"{path}:{node.lineno}")
    assert not sleeping


def test_no_code_is_made_from_text() -> None:
    dangerous = {"eval", "exec", "pickle.load", "pickle.loads", "yaml.load", "marshal.loads", "os.system"}
    found = {str(path): calls_in(path) & dangerous for path in python_files(*PACKAGES, "migrations")}
    assert not {path: names for path, names in found.items() if names}


def test_no_source_file_outgrows_its_subject() -> None:
    long = {}
    for path in python_files():
        lines = len((PROJECT / path).read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            long[str(path)] = lines
    assert not long


def test_no_file_is_over_a_megabyte() -> None:
    sizes = {str(path): (PROJECT / path).stat().st_size for path in tracked()}
    assert not {path: size for path, size in sizes.items() if size > LARGEST_FILE}


def test_no_file_names_an_index_or_the_machine_it_was_written_on() -> None:
    # put together here, so that this file does not contain what it looks for
    hosts = ["pypi." + "org", "python" + "hosted.org", "registry.npmjs" + ".org", "deb." + "debian.org",
             "proxy.golang" + ".org", "crates" + ".io"]  # fmt: skip
    paths = [r"/" + r"work/", r"/" + r"root/", r"/" + r"tmp/sb", r"/" + r"home/[a-z]+/", r"--extra-" + r"index-url",
             r"/" + r"opt/(wheels|pypi)"]  # fmt: skip
    pattern = re.compile("|".join([*map(re.escape, hosts), *paths]))
    found = []
    for path in tracked():
        try:
            text = (PROJECT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path}:{number}: {line.strip()[:80]}")
    assert not found
