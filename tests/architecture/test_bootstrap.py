"""What stands in the way of an environment is named with its remedy, before anything is fetched."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.architecture.sources import PROJECT


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """infra/bootstrap.py, working on a copy of the project which has the locks and nothing else."""
    from infra import bootstrap as module

    for lock in ("requirements.lock", "models.lock"):
        shutil.copy(PROJECT / lock, tmp_path / lock)
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv/switchboard.stamp")
    monkeypatch.setattr(module, "HALF_DONE", tmp_path / ".venv/switchboard.installing")
    monkeypatch.setattr(module, "LOCKS", (tmp_path / "requirements.lock", tmp_path / "models.lock"))
    return module


def complaint(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> str:
    assert bootstrap.main() == 1
    return capsys.readouterr().err


def test_nothing_is_done_when_the_environment_is_current(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    (bootstrap.VENV / "bin").mkdir(parents=True)
    (bootstrap.VENV / "bin/python").symlink_to(sys.executable)
    bootstrap.STAMP.write_text(bootstrap.wanted_stamp())
    assert bootstrap.main() == 0
    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_noticed(bootstrap: ModuleType) -> None:
    before = bootstrap.wanted_stamp()
    bootstrap.LOCKS[1].write_text("another==1.0\n")
    assert bootstrap.wanted_stamp() != before


def test_says_what_it_will_fetch_before_it_fetches(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_time(*_: object) -> None:
        raise bootstrap.Obstacle("enough")

    monkeypatch.setattr(bootstrap, "check_disk", out_of_time)
    assert bootstrap.main() == 1
    assert "packages, 290 MB to fetch" in capsys.readouterr().out


def test_old_python_is_named(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "version_of", lambda _python: (3, 9, 2))
    said = complaint(bootstrap, capsys)
    assert "Python 3.11 or newer is needed" in said
    assert "apt install python3" in said


def test_full_disk_is_told_in_megabytes(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=200 * 10**6)
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _folder: usage)
    assert "200 MB are free" in complaint(bootstrap, capsys)


def test_missing_venv_support_names_the_package(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "works", lambda _command: False)
    assert "sudo apt install python3-venv" in complaint(bootstrap, capsys)


def test_missing_lock_is_restored_from_git(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.LOCKS[0].unlink()
    assert "git checkout -- requirements.lock" in complaint(bootstrap, capsys)


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("Retrying ... NewConnectionError: refused\nERROR: No matching distribution found", "HTTPS_PROXY"),
        ("ERROR: Could not find a version that satisfies a==1 (from versions: none)", "PIP_INDEX_URL"),
        ("ProxyError(OSError('Tunnel connection failed: 407 Proxy Authentication'))", "name:password@"),
        ("SSLError(SSLCertVerificationError('CERTIFICATE_VERIFY_FAILED'))", "PIP_CERT"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "pip cache purge"),
        ("ERROR: No matching distribution found for moonshine-cpp==0.1.4 (from versions: 0.1.3)", "x86-64"),
        ("ERROR: Could not install: [Errno 28] No space left on device", "Free some space"),
        ("ERROR: [Errno 13] Permission denied: 'x'", "chown"),
        ("ERROR: something new", "Run make again"),
    ],
)  # fmt: skip
def test_failures_of_pip_are_translated(bootstrap: ModuleType, output: str, remedy: str) -> None:
    said = bootstrap.diagnose(output, bootstrap.LOCKS[0])
    assert remedy in said
    assert output.splitlines()[-1][:60] in said


def test_runs_on_a_python_too_old_to_be_used() -> None:
    text = (PROJECT / "infra/bootstrap.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 6))


def test_the_command_finds_its_environment_from_any_folder(bootstrap: ModuleType, tmp_path: Path) -> None:
    (bootstrap.VENV / "bin").mkdir(parents=True)
    (bootstrap.VENV / "lib/python3.11/site-packages").mkdir(parents=True)
    python = bootstrap.VENV / "bin/python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    bootstrap.put_project_on_path()
    script = bootstrap.VENV / "bin/switchboard"
    said = subprocess.check_output([script, "doctor"], cwd="/", text=True)
    assert said == f"{script} doctor\n"
    compile(script.read_text(), str(script), "exec")
