"""Providers are found by name, ours without any metadata, and nobody's is imported before it is named."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from agent.providers import registry
from agent.providers.config import ProviderConfig
from calls.clock import LoopClock
from calls.errors import ConfigurationError

PROJECT = Path(__file__).parents[3]


class Package:
    """A distribution, as far as the registry looks at one."""

    def __init__(self, name: str) -> None:
        self.name = name


def entry(name: str, value: str, package: str = "acme-voices", kind: registry.Kind = "speaking") -> EntryPoint:
    made = EntryPoint(name, value, registry.GROUPS[kind])
    vars(made)["dist"] = Package(package)
    return made


def config(name: str) -> ProviderConfig:
    return ProviderConfig(name, name.partition("/")[2], "default", "en-US", "", None, LoopClock(), "s3cret")  # type: ignore[arg-type]


def test_the_project_file_lists_what_is_shipped() -> None:
    listed = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["entry-points"]
    assert listed == {registry.GROUPS[kind]: registry.SHIPPED[kind] for kind in registry.KINDS}


@pytest.mark.parametrize("kind", registry.KINDS)
def test_what_is_shipped_can_be_loaded(kind: registry.Kind) -> None:
    for offer in registry.offers(kind, installed=[]).values():
        assert callable(offer.load())


def test_a_model_of_its_own_goes_before_all_of_a_vendor() -> None:
    assert registry.find("hearing", "deepgram/nova-3").name == "deepgram.nova-3"
    assert registry.find("thinking", "anthropic/claude-haiku-5-5").name == "anthropic"
    assert registry.find("thinking", "openai/gpt-4.1/mini").name == "openai"


@pytest.mark.parametrize(
    "name", ["deepgram/psychic", "deepgram", "/flux", "deepgram/", "nobody/flux", "deepgram/fl ux"]
)
def test_an_unknown_name_is_answered_with_those_there_are(name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no hearing provider .*; there are: .*deepgram/flux"):
        registry.find("hearing", name)


def test_all_models_of_a_vendor_are_listed_as_such() -> None:
    assert "anthropic/MODEL" in registry.names("thinking")


def test_an_installed_package_is_found_like_ours() -> None:
    found = registry.offers("speaking", [entry("acme.fast", "acme_voices:make")])
    assert found["acme.fast"].package == "acme-voices"
    assert set(found) > set(registry.SHIPPED["speaking"])


def test_metadata_of_an_earlier_install_of_ours_counts_for_nothing() -> None:
    old = entry("elevenlabs.flash", "agent.gone:make", registry.OURS)
    assert (
        registry.offers("speaking", [old])["elevenlabs.flash"].target
        == registry.SHIPPED["speaking"]["elevenlabs.flash"]
    )


def test_two_packages_with_one_name_are_both_named() -> None:
    with pytest.raises(ConfigurationError, match=r"switchboard-voice and acme-voices both offer .*elevenlabs\.flash"):
        registry.offers("speaking", [entry("elevenlabs.flash", "acme_voices:make")])


@pytest.mark.parametrize("target", ["nowhere.at.all:make", "agent.providers.config:nothing", "calls.errors:__doc__"])
def test_a_broken_package_is_told_by_name(target: str) -> None:
    with pytest.raises(ConfigurationError, match=r"acme-voices"):
        registry.Offer("speaking", "acme.fast", target, "acme-voices").load()


def test_variables_follow_from_the_vendor() -> None:
    assert registry.key_variable("acme-labs/fast") == "ACME_LABS_API_KEY"
    assert registry.address_variable("openai/gpt") == "OPENAI_BASE_URL"


def test_a_key_is_shown_nowhere() -> None:
    assert "s3cret" not in repr(config("deepgram/flux"))


@pytest.mark.parametrize(
    ("base", "socket"),
    [
        ("", "wss://api.example.com"),
        ("http://127.0.0.1:9", "ws://127.0.0.1:9"),
        ("https://x.example", "wss://x.example"),
    ],
)
def test_sockets_follow_the_address(base: str, socket: str) -> None:
    made = config("deepgram/flux")
    moved = ProviderConfig(made.name, made.model, made.voice, made.locale, base, made.session, made.clock)
    assert moved.socket_origin("https://api.example.com") == socket


def test_nothing_of_a_vendor_is_imported_by_asking_what_there_is() -> None:
    code = (
        "import sys\nfrom agent.providers import registry\n"
        "[registry.names(kind) for kind in registry.KINDS]\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('anthropic','deepgram','elevenlabs','openai','aiohttp')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
