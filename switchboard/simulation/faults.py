"""What goes wrong in the world while somebody calls: drawn beforehand, from the seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from agent.ports import Meaning, Understander
from calls.errors import EngineError
from calls.guidance import Guidance
from calls.ports import Actions
from calls.run import ActionRequest, ActionSettled, CallFacts
from calls.speech import Heard

USUAL_MS = 40.0
SLOW_MS = (1_500.0, 4_000.0)
STUCK_MS = 25_000.0
"""longer than the agent waits"""


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults of one call; none by default."""

    refuses: frozenset[str] = frozenset()
    """actions whose system does not answer for the whole call"""
    takes_ms: dict[str, float] = field(default_factory=dict)
    deaf_turns: frozenset[int] = frozenset()
    """turns at which understanding fails"""

    @property
    def hinders(self) -> bool:
        """Whether a wish may not be met because of them."""
        return bool(self.refuses) or any(ms >= STUCK_MS for ms in self.takes_ms.values())


def draw_faults(seed: int) -> FaultPlan:
    """About every other call has one."""
    chance = random.Random(f"faults {seed}")
    action = chance.choice(("find_times", "book", "order_status", "open_ticket", "leave_callback", "leave_message"))
    match chance.choice(("none", "none", "none", "slow", "slow", "stuck", "refuses", "deaf")):
        case "slow":
            return FaultPlan(takes_ms={action: chance.choice(SLOW_MS), "book": chance.choice(SLOW_MS)})
        case "stuck":
            return FaultPlan(takes_ms={action: STUCK_MS})
        case "refuses":
            return FaultPlan(refuses=frozenset({action}))
        case "deaf":
            return FaultPlan(deaf_turns=frozenset({chance.randint(1, 6), chance.randint(3, 9)}))
        case _:
            return FaultPlan()


class FaultyActions:
    """Implements ``Actions`` over real ones."""

    def __init__(self, real: Actions, plan: FaultPlan) -> None:
        self._real = real
        self._plan = plan

    def takes_ms(self, action: str) -> float:
        """How long ``action`` takes in this call."""
        return self._plan.takes_ms.get(action, USUAL_MS)

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        """The world's answer, or none."""
        if request.action in self._plan.refuses:
            return ActionSettled(request.key, request.action, refusal="unavailable")
        return await self._real.run(call, facts, request)


class FaultyUnderstander:
    """Implements ``Understander`` over a real one."""

    def __init__(self, real: Understander, plan: FaultPlan) -> None:
        self._real = real
        self._plan = plan
        self._turn = 0

    async def understand(self, heard: Heard, guidance: Guidance, facts: CallFacts) -> Meaning:
        """What was meant. Raises EngineError at the turns of the plan."""
        self._turn += 1
        if self._turn in self._plan.deaf_turns:
            raise EngineError("understanding", "simulated fault")
        return await self._real.understand(heard, guidance, facts)
