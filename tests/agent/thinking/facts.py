"""A call and an open step, for tests of thinking."""

from __future__ import annotations

from calls.guidance import Brief, Guidance, Option, SlotExpectation
from calls.run import CallFacts

FACTS = CallFacts(
    call="c", caller="+12125550192", line="l", business="Harbor Dental", agent_name="Robin", greeting="Hello",
    locale="en-US", timezone="America/New_York", wall="2026-03-16T10:00:00-04:00",
)  # fmt: skip
SLOTS = (
    SlotExpectation("service", "choice", (Option("cleaning", ("a cleaning",)), Option("checkup", ("a check-up",)))),
    SlotExpectation("date", "date", names=("the day",)),
    SlotExpectation("name", "person_name", filled=True, said="Ann"),
    SlotExpectation("note", "free_text"),
)
GUIDANCE = Guidance(
    "talk",
    slots=SLOTS,
    allowed=frozenset(
        [
            "FillSlot",
            "CorrectSlot",
            "StartWorkflow",
            "AskQuestion",
            "Affirm",
            "AskHuman",
            "Remark",
            "SwitchLanguage",
            "Goodbye",
            "CallLater",
        ]
    ),
    workflows=(Option("book", ("book a visit",)),),
    topics=(Option("hours", ("when are you open",)),),
    brief=Brief("this business"),
)
