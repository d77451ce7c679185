"""Every check, by its name."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.checking import Check
from workflows.language.checks import FIRM
from workflows.lint.choices import CHOICES
from workflows.lint.excuses import EXCUSES
from workflows.lint.open_steps import OPEN_STEPS
from workflows.lint.privacy import PRIVACY
from workflows.lint.promises import PROMISES
from workflows.lint.questions import QUESTIONS
from workflows.lint.reading import READING
from workflows.lint.speech import SPEECH
from workflows.lint.ways import WAYS

GROUPS: Mapping[str, tuple[Check, ...]] = {
    "What cannot be read": tuple(READING.all),
    "What is never used": tuple(FIRM.all),
    "Questions": tuple(QUESTIONS.all),
    "What is spoken": tuple(SPEECH.all),
    "What can be chosen": tuple(CHOICES.all),
    "What is done and promised": tuple(PROMISES.all),
    "Who may hear what": tuple(PRIVACY.all),
    "Where a model finds the words": tuple(OPEN_STEPS.all),
    "Between scripts": tuple(WAYS.all),
    "Excuses": tuple(EXCUSES.all),
}
"""By what they are about, in the order of the reference."""

CHECKS: Mapping[str, Check] = {check.id: check for group in GROUPS.values() for check in group}
"""By name."""
