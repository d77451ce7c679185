"""The converted recognizer is kept whole or made again."""

from __future__ import annotations

import json

import pytest

from agent.models import digest_of
from agent.offline import convert


@pytest.fixture
def converted(monkeypatch, tmp_path):
    """A cache whose conversion writes two small files and counts how often it ran."""
    runs = []

    def fake(work, report):
        runs.append(work)
        report("converting", 0.5)
        for name in ("encoder.onnx", "decoder.onnx"):
            (work / name).write_bytes(name.encode())
        stated = {name: digest_of(work / name) for name in ("encoder.onnx", "decoder.onnx")}
        (work / "manifest.json").write_text(json.dumps(stated))

    monkeypatch.setattr(convert, "_convert_into", fake)
    return tmp_path / "cache", runs


def test_second_time_is_from_the_cache(converted):
    cache, runs = converted
    seen = []
    first = convert.converted_moonshine(cache, lambda what, share: seen.append((what, share)))
    assert not any(path.name.startswith(".") for path in cache.iterdir())
    assert convert.converted_moonshine(cache) == first
    assert len(runs) == 1
    assert seen[-1] == ("recognizer ready", 1.0)
    assert convert.is_prepared(cache)


@pytest.mark.parametrize("damage", ["decoder.onnx", "manifest.json"])
def test_a_damaged_result_is_made_again(converted, damage):
    cache, runs = converted
    made = convert.converted_moonshine(cache)
    (made.decoder.parent / damage).write_bytes(b"{}")
    assert convert.converted_moonshine(cache).decoder.read_bytes() == b"decoder.onnx"
    assert len(runs) == 2


def test_a_conversion_that_breaks_leaves_nothing(monkeypatch, tmp_path):
    def breaks(work, report):
        (work / "encoder.onnx").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(convert, "_convert_into", breaks)
    with pytest.raises(convert.ConversionFailed, match=r"No space left on device.*400 MB"):
        convert.converted_moonshine(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_is_a_file_is_named(tmp_path):
    blocked = tmp_path / "cache"
    blocked.write_bytes(b"")
    with pytest.raises(convert.ConversionFailed, match="cannot be prepared"):
        convert.converted_moonshine(blocked)
