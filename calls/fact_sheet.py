"""What a script, an understander or an action may know of a call: what stays for all of it, and what is of a moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from calls.changed import changed
from calls.line import IncomingCall, Line
from calls.ports import EngineTraits
from calls.run import CallFacts
from calls.state import CallState
from calls.vault import VaultTraits


class FactSheet:
    """One call's."""

    def __init__(self, line: Line, incoming: IncomingCall, traits: EngineTraits, vault: VaultTraits | None) -> None:
        self._zone = ZoneInfo(line.timezone)
        self._lasting = CallFacts(
            call=incoming.call,
            caller=incoming.caller,
            line=line.id,
            business=line.business,
            agent_name=line.agent_name,
            greeting=line.greeting,
            locale=line.locale,
            timezone=line.timezone,
            wall="",
            has_human=line.human is not None,
            human_languages=line.human.languages if line.human else (),
            exact_hearing=traits.exact_hearing,
            composes=traits.composes,
            keys_at=vault.keys_at if vault is not None else "",
            survey_question=line.survey,
            earlier_call=incoming.earlier.call if incoming.earlier else "",
        )

    def at(self, state: CallState, at_ms: float) -> CallFacts:
        """What may be known ``at_ms`` after the answer."""
        answered = state.answered
        assert answered is not None, "a script is only asked after the answer"
        wall = datetime.fromisoformat(answered.answered_at) + timedelta(milliseconds=at_ms)
        proof = state.run.verified
        return changed(
            self._lasting,
            wall=wall.astimezone(self._zone).isoformat(timespec="seconds"),
            verified_subject=proof.subject if proof else "",
            verified_level=proof.level if proof else "",
            unhurried=state.unhurried,
            poor_line=state.caller.poor_line,
        )
