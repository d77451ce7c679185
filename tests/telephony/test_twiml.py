"""What we answer webhooks with: escaped, within Twilio's limits, and read back by Twilio's own library's parser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.twiml import (
    Connect,
    Dial,
    Hangup,
    Number,
    Parameter,
    Pause,
    Play,
    Queue,
    Redirect,
    Reject,
    Say,
    Sip,
    Stream,
    TwimlError,
    Verb,
    render,
)
from telephony.twin.twiml_reader import Document, parse

STREAM = Stream(
    "wss://h.example/media", (Parameter("token", "a&b<c>\"d'\n\té"),), "leg 1", "https://h.example/s?a=1&b=2"
)

EVERY_VERB: list[Verb] = [
    Connect(STREAM, "https://h.example/after?x=1&y=2"),
    Dial(Number("+15550100"), "/after", timeout_s=20, answer_on_bridge=True, caller_id="+15550199", time_limit_s=60),
    Dial(Sip("sip:desk@pbx.example.com?X-Call=1&X-Why=busy")),
    Dial(Queue("front <desk>"), "/after", "GET"),
    Say("Tom & Jerry <3", "Polly.Amy", "en-GB", 2),
    Play("https://h.example/a.wav?x=1&y=2"),
    Play(digits="1w2#"),
    Pause(3),
    Redirect("/again?a=1&b=2", "GET"),
    Hangup(),
    Reject("busy"),
]


def test_every_verb_is_read_as_it_was_written() -> None:
    assert parse(render(*EVERY_VERB)) == Document(tuple(EVERY_VERB))


@given(st.text(max_size=60), st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_nothing_said_or_passed_on_can_break_out(said: str, value: str) -> None:
    stream = Stream("wss://h.example/m", (Parameter("p", value.replace("\ufffe", "").replace("\uffff", "")),))
    read = parse(render(Say(said), Connect(stream), Hangup()))
    assert [type(verb) for verb in read.verbs] == [Say, Connect, Hangup]
    assert read.verbs[1] == Connect(stream)


def test_the_library_of_the_carrier_writes_what_we_read() -> None:
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    connect = response.connect(action="/after")
    stream = connect.stream(url="wss://h.example/media", status_callback="/s")
    stream.parameter(name="token", value="t & u")
    response.dial("+15550100", action="/after", timeout=10, answer_on_bridge=True)
    read = parse(str(response))
    assert read.problems == ()
    assert read.verbs == (
        Connect(Stream("wss://h.example/media", (Parameter("token", "t & u"),), None, "/s"), "/after"),
        Dial(Number("+15550100"), "/after", timeout_s=10, answer_on_bridge=True),
    )


@pytest.mark.parametrize(
    "verb",
    [
        Connect(Stream("https://h.example/media")),
        Connect(Stream("wss://h.example/media?token=1")),
        Connect(Stream("wss://h.example/m", (Parameter("n", "v" * 500),))),
        Connect(Stream("wss://h.example/m", (Parameter("n", "\x00"),))),
        Dial(Sip("desk@pbx.example.com")),
        Dial(Number("\ud800")),
        Play(digits="12x"),
        Say("x" * 4097),
    ],
)
def test_what_twilio_would_refuse_is_not_written(verb: Verb) -> None:
    with pytest.raises(TwimlError):
        render(verb)


def test_words_that_xml_cannot_carry_are_left_out() -> None:
    assert parse(render(Say("one\x00two\ud800three"))).verbs == (Say("one two three"),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not well-formed"),
        ("hello", "not well-formed"),
        ("<Response>", "not well-formed"),
        ("<Response>&nbsp;</Response>", "not well-formed"),
        ("<Answer/>", "root must be <Response>"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><Response><Say>&a;</Say></Response>', "document type"),
        ('<!DOCTYPE r SYSTEM "file:///etc/passwd"><Response/>', "document type"),
        ("<Response>" + "<Say>" * 20, "deeper than"),
        ("<Response>" + " " * 70_000 + "</Response>", "at most"),
        ('<?xml version="1.0" encoding="klingon"?><Response/>', "encoding"),
        ("<Response><Connect/></Response>", "exactly one <Stream>"),
        ("<Response><Connect><Stream/></Connect></Response>", "needs a url"),
        ("<Response><Dial/></Response>", "needs a number"),
        ("<Response><Dial><Sip>desk</Sip></Dial></Response>", "sip:name@host"),
        ("<Response><Dial><Conference>room</Conference></Dial></Response>", "not carried out"),
        ("<Response><Dial timeout='soon'>+1555</Dial></Response>", "timeout of <Dial>"),
        ("<Response><Redirect/></Response>", "needs a url"),
        ("<Response><Redirect method='PUT'>/x</Redirect></Response>", "POST or GET"),
        ("<Response><Play/></Response>", "url or digits"),
    ],
)
def test_broken_documents_are_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(TwimlError, match=why):
        parse(text)


def test_what_twilio_warns_about_is_a_problem_and_skipped() -> None:
    read = parse('<Response><Gather/><Hangup colour="red"/></Response>')
    assert read.verbs == (Hangup(),)
    assert len(read.problems) == 2
