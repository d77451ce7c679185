"""Authenticity: ours against twilio-python's validator, and everything that must fail closed."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from telephony.signature import Secret, SignatureCheck, sign

TOKEN, OTHER = "primary auth token", "secondary auth token"
BASE = "https://voice.example.com"
FORM = [("CallSid", "CA1"), ("From", "+15550100"), ("To", " +15550199 "), ("Name", "Zoë & Co=")]
check = SignatureCheck(BASE, [TOKEN])

names = st.text("abcXYZ019_", min_size=1, max_size=8)
values = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(names, values), max_size=8))
def test_forms_sign_as_twilio_python_signs(form: list[tuple[str, str]]) -> None:
    url = f"{BASE}/twilio/voice?line=1"
    assert sign(TOKEN, url, form) == RequestValidator(TOKEN).compute_signature(url, MultiDict(form))
    assert check.form("/twilio/voice?line=1", form, sign(TOKEN, url, form))


def test_twilio_python_accepts_ours_and_we_theirs() -> None:
    url = f"{BASE}/twilio/voice"
    theirs = RequestValidator(TOKEN).compute_signature(url, dict(FORM))
    assert check.form("/twilio/voice", FORM, theirs)
    assert RequestValidator(TOKEN).validate(url, dict(FORM), sign(TOKEN, url, FORM))


def test_repeated_keys_count_each_value_once() -> None:
    form = [("E", "b"), ("E", "a"), ("E", "b")]
    theirs = RequestValidator(TOKEN).compute_signature(f"{BASE}/s", MultiDict(form))
    assert check.form("/s", form, theirs)


def test_get_requests_are_signed_over_their_query() -> None:
    signature = sign(TOKEN, f"{BASE}/s?CallSid=CA1&x=%C3%A4")
    assert check.query("/s?CallSid=CA1&x=%C3%A4", signature)
    assert not check.query("/s?CallSid=CA2&x=%C3%A4", signature)


def test_json_bodies_are_bound_by_their_digest() -> None:
    body = b'{"a":1}'
    target = f"/s?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signature = RequestValidator(TOKEN).compute_signature(BASE + target, {})
    assert RequestValidator(TOKEN).validate(BASE + target, body.decode(), signature)
    assert check.body(target, body, signature)
    assert not check.body(target, body + b" ", signature)
    assert not check.body("/s", body, sign(TOKEN, f"{BASE}/s"))
    assert not check.body(f"{target}&bodySHA256=00", body, sign(TOKEN, f"{BASE}{target}&bodySHA256=00"))


@pytest.mark.parametrize("signed", ["wss://voice.example.com/media", "wss://voice.example.com:443/media"])
def test_the_socket_is_signed_over_wss_with_or_without_its_port(signed: str) -> None:
    assert check.socket("/media", sign(TOKEN, signed))
    assert SignatureCheck(f"{BASE}:443/", [TOKEN]).socket("/media", sign(TOKEN, signed))


@pytest.mark.parametrize(
    "signed",
    ["https://voice.example.com/media", "wss://voice.example.com/media/", "wss://evil.example.com/media",
     "wss://voice.example.com:80/media", "wss://voice.example.com/media?x=1"],
)  # fmt: skip
def test_the_socket_refuses_other_urls(signed: str) -> None:
    assert not check.socket("/media", sign(TOKEN, signed))


@pytest.mark.parametrize("public", ["https://[2001:db8::1]:8443", "http://127.0.0.1:8080", "https://h.example/sub"])
def test_ports_and_prefixes_of_the_public_address(public: str) -> None:
    here = SignatureCheck(public, [TOKEN])
    assert here.form("/v", FORM, sign(TOKEN, f"{public}/v", FORM))
    assert here.socket("/m", sign(TOKEN, f"{public.replace('http', 'ws', 1)}/m"))


def test_rotation_accepts_every_secret_in_use_and_no_other() -> None:
    both = SignatureCheck(BASE, [OTHER, TOKEN])
    for secret, accepted in ((TOKEN, True), (OTHER, True), ("third", False)):
        assert both.form("/v", FORM, sign(secret, f"{BASE}/v", FORM)) is accepted


def test_a_secret_is_bound_to_its_hash() -> None:
    shared = Secret("shared key", "sha256")
    here = SignatureCheck(BASE, [shared])
    assert here.form("/v", FORM, sign(shared, f"{BASE}/v", FORM))
    assert not here.form("/v", FORM, sign("shared key", f"{BASE}/v", FORM))
    theirs = RequestValidator("shared key").compute_signature(f"{BASE}/v", dict(FORM), "HMAC_SHA256")
    assert here.form("/v", FORM, theirs)
    assert "shared key" not in repr(shared)


@pytest.mark.parametrize("signature", [None, "", "x", "ü", "\udcff", "A" * 10_000])
def test_missing_and_malformed_signatures_fail(signature: str | None) -> None:
    assert not check.form("/v", FORM, signature)
    assert not check.socket("/media", signature)


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nothing_is_authentic(secrets: list[str]) -> None:
    assert not SignatureCheck(BASE, secrets).form("/v", FORM, sign("", f"{BASE}/v", FORM))


def test_changed_added_and_removed_parameters_fail() -> None:
    signature = sign(TOKEN, f"{BASE}/v", FORM)
    assert not check.form("/v", [*FORM, ("Extra", "1")], signature)
    assert not check.form("/v", FORM[1:], signature)
    assert not check.form("/v", [("CallSid", "CA2"), *FORM[1:]], signature)
    assert not check.form("/w", FORM, signature)
    assert not check.form("/v", [("\ud800", "x")], signature)


def test_an_absolute_target_cannot_move_the_host() -> None:
    assert not check.form(f"{BASE}/v", FORM, sign(TOKEN, f"{BASE}/v", FORM))
    assert not check.form("@evil.example.com/v", FORM, sign(TOKEN, f"{BASE}@evil.example.com/v", FORM))


@pytest.mark.parametrize("public", ["", "voice.example.com", "ftp://x", "https://x/?q=1", "https://x:port"])
def test_a_public_url_that_is_none_is_refused(public: str) -> None:
    with pytest.raises(ValueError):
        SignatureCheck(public, [TOKEN])
