"""What is told of a failure."""

from __future__ import annotations

import pytest

from calls.errors import RecordError, reason_of


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError(28, "No space left on device", "/calls/2026/CA1.wav"), "No space left on device"),
        (TimeoutError(), "TimeoutError"),
        (OSError("no number, and perhaps a name"), "OSError"),
        (RecordError("the file is no recording of ours"), "the file is no recording of ours"),
        (RecordError(), "RecordError"),
        (ValueError("what a caller said"), "ValueError"),
    ],
)
def test_a_reason_holds_no_file_and_nothing_a_caller_said(fault: Exception, told: str) -> None:
    assert reason_of(fault) == told
