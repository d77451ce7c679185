"""Loaded models, shared by all tests of a run. Converted weights are kept in the project's own cache."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from agent import models

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

CACHE = Path(__file__).resolve().parents[3] / "var" / "models"


@pytest.fixture(scope="session")
def cache() -> Path:
    """A cache folder with a converted recognizer, or a skip which says what to install."""
    if faults := models.faults():
        pytest.skip(faults[0])
    from agent.offline.convert import converted_moonshine

    converted_moonshine(CACHE)
    return CACHE


@pytest.fixture(scope="session")
def recognizer(cache):
    from agent.offline.moonshine import Moonshine

    loaded = Moonshine.load(cache)
    loaded.warm()
    return loaded


@pytest.fixture(scope="session")
def voice(cache):
    from agent.offline.voice import OfflineVoice

    return OfflineVoice.load()


@pytest.fixture(scope="session")
def embedder(cache):
    from agent.offline.similarity import SentenceEmbedder

    return SentenceEmbedder.load()


@pytest.fixture(scope="session")
def silero(cache):
    from agent.offline.silero import SileroModel

    return SileroModel.load()


@pytest.fixture(scope="session")
def through_the_phone():
    """G.711 mu-law and back, as a carrier does: 16-bit mono at 8 kHz in and out."""
    return lambda pcm16: audioop.ulaw2lin(audioop.lin2ulaw(pcm16, 2), 2)
