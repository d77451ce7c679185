"""What callers say in a booking call, step by step, and what must be understood. Tuesday, 10 March 2026, 9 AM."""

from __future__ import annotations

import pytest

from calls.guidance import Guidance
from tests.agent.understanding.booking import CHECK, ELSE, MENU, PARTY, SLOTS, asking, reading_back, understood

Case = tuple[str, list[str]]

AT_MENU: list[Case] = [
    ("I'd like to book an appointment", [">book"]),
    ("Hi, I need an appointment please.", [">book"]),
    ("can I make an appointment", [">book"]),
    ("I want to schedule a visit for Thursday", [">book", "+date=2026-03-12"]),
    ("book an appointment for a cleaning on March fifteenth at ten",
     [">book", "+service=cleaning", "+date=2026-03-15", "+time=10:00"]),
    ("where is my order", [">support"]),
    ("I have a problem with my order", [">support"]),
    ("something's broken", [">support"]),
    ("a cleaning tomorrow at two thirty", ["+service=cleaning", "+date=2026-03-11", "+time=14:30"]),
    ("my name is Anna Miller and I'd like a check-up", ["+name=Anna Miller", "+service=checkup"]),
    ("what are your opening hours?", ["?hours"]),
    ("are you open on Saturday?", ["?hours"]),
    ("how much is it", ["?price"]),
    ("are you a robot", ["?robot"]),
    ("is this a real person?", ["?robot"]),
    ("agent", ["AskHuman"]),
    ("Can I speak to a human, please?", ["AskHuman"]),
    ("operator", ["AskHuman"]),
    ("do you speak Spanish", ["language:es"]),
    ("blah blah the thing", ["Unclear"]),
    ("", ["Unclear"]),
    ("...", ["Unclear"]),
]  # fmt: skip

AT_SERVICE: list[Case] = [
    ("a cleaning", ["+service=cleaning"]),
    ("Cleaning, please.", ["+service=cleaning"]),
    ("the second one", ["+service=checkup"]),
    ("I need my teeth cleaned", ["+service=cleaning"]),
    ("uh, an exam I guess", ["+service=checkup"]),
    ("a cleaning on Thursday", ["+service=cleaning", "+date=2026-03-12"]),
    ("just a check up for tomorrow at eleven", ["+service=checkup", "+date=2026-03-11", "+time=11:00"]),
    ("what does it cost", ["?price"]),
    ("sorry?", ["Repeat"]),
    ("hold on a second", ["Wait"]),
    ("clean ing", ["+service=cleaning"]),
    ("I'd like to talk to someone", ["AskHuman"]),
    ("a haircut", ["Unclear"]),
]

AT_DATE: list[Case] = [
    ("Thursday", ["+date=2026-03-12"]),
    ("this Thursday please", ["+date=2026-03-12"]),
    ("tomorrow", ["+date=2026-03-11"]),
    ("on March the fifteenth", ["+date=2026-03-15"]),
    ("the fourteenth", ["+date=2026-03-14"]),
    ("um, Thursday, no, Friday", ["+date=2026-03-13"]),
    ("Thursday at three", ["+date=2026-03-12", "+time=15:00"]),
    ("Thursday at three, my name is Anna Miller", ["+date=2026-03-12", "+time=15:00", "+name=Anna Miller"]),
    ("make it a check-up instead", ["~service=checkup"]),
    ("actually a consultation, and on Friday", ["+date=2026-03-13", "~service=consultation"]),
    ("hang on, Thursday", ["+date=2026-03-12"]),
    ("wait, make it Friday", ["+date=2026-03-13"]),
    ("one moment please", ["Wait"]),
    ("let me check my calendar", ["Wait"]),
    ("can you repeat that", ["Repeat"]),
    ("could you speak more slowly", ["SlowDown"]),
    ("start over", ["Restart"]),
    ("never mind", ["Cancel"]),
    ("forget it", ["Cancel"]),
    ("bye", ["Goodbye"]),
    ("what time do you close?", ["?hours"]),
    ("are you open on Saturday", ["?hours"]),
    ("I don't know", ["Unclear"]),
    ("yes", ["Unclear"]),
    ("purple", ["Unclear"]),
    ("I want to change the service", ["~service=None"]),
    ("Agent. Agent!", ["AskHuman"]),
    ("do you have anything on Thursday", ["+date=2026-03-12"]),
    ("Thurs day.", ["+date=2026-03-12"]),
    ("Thursday. Thursday.", ["+date=2026-03-12"]),
]

AT_TIME: list[Case] = [
    ("three", ["+time=15:00"]),
    ("at three", ["+time=15:00"]),
    ("half past two", ["+time=14:30"]),
    ("ten o'clock", ["+time=10:00"]),
    ("10:30", ["+time=10:30"]),
    ("2 PM", ["+time=14:00"]),
    ("nine thirty in the morning please", ["+time=09:30"]),
    ("Could we do two instead", ["+time=14:00"]),
    ("no, I'd rather come on Friday", ["~date=2026-03-13"]),
    ("Friday at ten", ["+time=10:00", "~date=2026-03-13"]),
    ("the date is wrong", ["~date=None"]),
    ("can I change the day", ["~date=None"]),
    ("pardon?", ["Repeat"]),
    ("what did you say", ["Repeat"]),
    ("none of those", ["Unclear"]),
]

AT_NAME: list[Case] = [
    ("Anna Miller", ["+name=Anna Miller"]),
    ("it's Anna Miller", ["+name=Anna Miller"]),
    ("My name is Anna Miller.", ["+name=Anna Miller"]),
    ("Miller, M I L L E R", ["+name=Miller"]),
    ("yes, it's Anna", ["+name=Anna"]),
    ("yes", ["Unclear"]),
    ("no", ["Unclear"]),
    ("okay", ["Unclear"]),
    ("agent", ["AskHuman"]),
    ("person", ["AskHuman"]),
    ("operator please", ["AskHuman"]),
    ("Tuesday", ["~date=2026-03-17"]),
    ("tomorrow at three", ["~date=2026-03-11", "~time=15:00"]),
    ("repeat", ["Repeat"]),
    ("what?", ["Repeat"]),
    ("what are your prices", ["?price"]),
    ("I don't know", ["Unclear"]),
    ("cancel", ["Cancel"]),
    ("goodbye", ["Goodbye"]),
    ("hold on", ["Wait"]),
    ("my name is May Summers", ["+name=May Summers"]),
    ("Anna Miller, and my number is 212 555 0192", ["+name=Anna Miller", "+phone=+12125550192"]),
]

AT_PHONE: list[Case] = [
    ("212 555 0192", ["+phone=+12125550192"]),
    ("two one two five five five oh one nine two", ["+phone=+12125550192"]),
    ("it's 212-555-0192 thanks", ["+phone=+12125550192"]),
    ("why do you need it", ["?"]),
    ("actually make it Friday", ["~date=2026-03-13"]),
    ("I'd rather talk to a real person", ["AskHuman"]),
]

AT_READ_BACK: list[Case] = [
    ("yes", ["yes"]),
    ("Yes, please.", ["yes"]),
    ("that's right", ["yes"]),
    ("mhm", ["yes"]),
    ("yep that's correct", ["yes"]),
    ("Thursday, yes", ["yes"]),
    ("Thursday", ["yes"]),
    ("no", ["no"]),
    ("Nope.", ["no"]),
    ("that's wrong", ["no"]),
    ("no, Friday", ["no", "~date=2026-03-13"]),
    ("no I said Friday", ["no", "~date=2026-03-13"]),
    ("not Thursday, Friday", ["~date=2026-03-13"]),
    ("Friday", ["~date=2026-03-13"]),
    ("yes but make it Friday", ["~date=2026-03-13"]),
    ("yes, and at three", ["~time=15:00"]),
    ("sorry?", ["Repeat"]),
    ("could you say that again", ["Repeat"]),
    ("agent", ["AskHuman"]),
    ("cancel that", ["Cancel"]),
    ("um", ["Unclear"]),
]

AT_CHECK: list[Case] = [
    ("yes", ["yes"]),
    ("yes, book it please", ["yes"]),
    ("book it", ["yes"]),
    ("go ahead", ["yes"]),
    ("sounds good", ["yes"]),
    ("perfect, thank you", ["yes"]),
    ("no", ["no"]),
    ("no thanks", ["no"]),
    ("no, make it Friday", ["no", "~date=2026-03-13"]),
    ("actually make it three o'clock", ["~time=15:00"]),
    ("yes but on Friday", ["~date=2026-03-13"]),
    ("the time is wrong", ["no", "~time=None"]),
    ("no the date is wrong", ["no", "~date=None"]),
    ("I want to change the phone number", ["~phone=None"]),
    ("change the date to the twentieth", ["~date=2026-03-20"]),
    ("no, the name is Anna Mueller", ["no", "~name=Anna Mueller"]),
    ("cancel it", ["Cancel"]),
    ("I changed my mind", ["Cancel"]),
    ("maybe", ["Unclear"]),
    ("read it again please", ["Repeat"]),
    ("could you say it again", ["Repeat"]),
]

AT_ELSE: list[Case] = [
    ("no", ["no"]),
    ("No, thank you.", ["no"]),
    ("no that's all", ["no", "Goodbye"]),
    ("no thanks, bye", ["no", "Goodbye"]),
    ("that's all", ["Goodbye"]),
    ("nothing else, thank you", ["no", "Goodbye"]),
    ("yes", ["yes"]),
    ("yes I have a problem", [">support"]),
    ("I'd like to make an appointment", [">book"]),
    ("when are you open?", ["?hours"]),
]

PARTY_SLOTS = (PARTY, *SLOTS)
AT_PARTY: list[Case] = [
    ("four", ["+party=4"]),
    ("for", ["+party=4"]),
    ("for people", ["+party=4"]),
    ("too people to-morrow", ["+party=2", "+date=2026-03-11"]),
    ("Four people at seven thirty to-night.", ["+party=4", "+date=2026-03-10", "+time=19:30"]),
    ("Four people.", ["+party=4"]),
    ("a table for two", ["+party=2"]),
    ("there will be six of us on Thursday at two", ["+party=6", "+date=2026-03-12", "+time=14:00"]),
    ("just one person", ["+party=1"]),
    ("me and my wife", ["+party=2"]),
]

STEPS: list[tuple[str, Guidance, list[Case]]] = [
    ("menu", MENU, AT_MENU),
    ("service", asking("service"), AT_SERVICE),
    ("date", asking("date", "service"), AT_DATE),
    ("time", asking("time", "service", "date"), AT_TIME),
    ("name", asking("name", "service", "date", "time"), AT_NAME),
    ("phone", asking("phone", "service", "date", "time", "name"), AT_PHONE),
    ("read back", reading_back("date", "2026-03-12"), AT_READ_BACK),
    ("check", CHECK, AT_CHECK),
    ("else", ELSE, AT_ELSE),
    ("party", asking("party", slots=PARTY_SLOTS), AT_PARTY),
]
CASES = [
    pytest.param(guidance, text, expected, id=f"{step}: {text}")
    for step, guidance, cases in STEPS
    for text, expected in cases
]


@pytest.mark.parametrize(("guidance", "text", "expected"), CASES)
def test_what_is_understood(guidance: Guidance, text: str, expected: list[str]) -> None:
    commands, path = understood(text, guidance)
    assert sorted(commands) == sorted(expected)
    assert path == "grammar"


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
