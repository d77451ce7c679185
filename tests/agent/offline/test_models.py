"""The registry of weights refuses what it does not know, and the documentation says the same."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from agent import models

DOCS = Path(__file__).resolve().parents[3] / "docs" / "models.md"


def test_documentation_and_registry_agree():
    table = DOCS.read_text("utf-8").split("|---|---|---|---|---|---|---|\n")[1].split("\n\n")[0]
    assert table.splitlines() == models.markdown_rows()


def test_every_name_is_unique_and_every_digest_whole():
    assert len({w.name for w in models.WEIGHTS}) == len(models.WEIGHTS)
    assert all(len(bytes.fromhex(w.sha256)) == 32 for w in models.WEIGHTS)


def test_a_missing_carrier_is_named_with_its_remedy(monkeypatch):
    entry = dataclasses.replace(models.weight("silero-vad"), module="no_such_module_here")
    monkeypatch.setitem(models._BY_NAME, "silero-vad", entry)
    with pytest.raises(models.ModelMissing, match=r"pip install --no-deps silero-vad==6\.2\.3"):
        models.find("silero-vad")


def test_a_carrier_without_the_file_is_missing(tmp_path):
    with pytest.raises(models.ModelMissing, match=r"data/silero_vad\.onnx is not in the package"):
        models.verify(models.weight("silero-vad"), tmp_path / "silero_vad.onnx")


def test_one_changed_bit_is_refused(tmp_path):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"\x00" * 1000)
    entry = dataclasses.replace(models.weight("silero-vad"), sha256=sha256(path.read_bytes()).hexdigest())
    assert models.verify(entry, path) == path
    path.write_bytes(b"\x00" * 999 + b"\x01")
    with pytest.raises(models.ModelDigestMismatch, match="force-reinstall silero-vad"):
        models.verify(entry, path)


@pytest.mark.models
def test_finding_a_weight_does_not_run_its_carrier(cache):
    code = (
        "import sys; from agent import models; [models.find(w.name) for w in models.WEIGHTS]; "
        "print(sorted({w.module for w in models.WEIGHTS} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=DOCS.parents[1])
    assert done.stdout.strip() == "[]"
