from __future__ import annotations

from dataclasses import replace

import pytest

from calls.errors import ConfigurationError
from switchboard.settings import read

SAFE = {"PUBLIC_URL": "https://calls.example.com/", "TWILIO_AUTH_TOKEN": "one, two"}


def test_defaults_serve_nothing_but_this_machine() -> None:
    settings = read({})
    assert (settings.host, settings.port, settings.on_loopback) == ("127.0.0.1", 8080, True)


def test_several_secrets_serve_while_rotating() -> None:
    assert read(SAFE).twilio_auth_tokens == ("one", "two")


def test_a_safe_configuration_is_accepted() -> None:
    settings = read(SAFE)
    settings.refuse_insecurity()
    assert settings.public() == "https://calls.example.com"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN is not set"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "http://calls.example.com"}, "must begin with https"),
    ],
)
def test_an_unsafe_one_is_refused_with_the_remedy(change: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        read({**SAFE, **change}).refuse_insecurity()


def test_development_without_signatures_is_bound_to_loopback() -> None:
    read({}, insecure_dev=True).refuse_insecurity()
    with pytest.raises(ConfigurationError, match="loopback only"):
        read({"HOST": "0.0.0.0"}, insecure_dev=True).refuse_insecurity()


@pytest.mark.parametrize("port", ["eighty", "-1", "70000", "8080x"])
def test_a_port_that_is_none_is_named(port: str) -> None:
    with pytest.raises(ConfigurationError, match="PORT must be a number"):
        read({"PORT": port})


@pytest.mark.parametrize("url", ["postgres://u@h/n", "postgresql://u@h/n", "postgresql+psycopg://u@h/n"])
def test_every_usual_spelling_of_a_postgres_address_is_taken(url: str) -> None:
    assert read({"DATABASE_URL": url}).database_url == "postgresql+psycopg://u@h/n"


def test_another_database_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="Postgres"):
        read({"DATABASE_URL": "sqlite:///x"})


def test_secrets_do_not_show() -> None:
    settings = read({**SAFE, "TWILIO_AUTH_TOKEN": "hunter2", "DATABASE_URL": "postgres://u:hunter2@h/n"})
    assert "hunter2" not in repr(replace(settings, port=1))
