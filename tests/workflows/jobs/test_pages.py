"""What the pages on jobs, webhooks and HTTP actions show can be used as it stands."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

from switchboard.jobs_payloads import PAYLOADS
from workflows.customer_systems.addresses import Fence
from workflows.customer_systems.reading import parse_systems
from workflows.jobs.backoff import BRIEF_S, PATIENT_S
from workflows.jobs.webhooks import sign

DOCS = Path(__file__).parents[3] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_example_of_http_actions_can_be_read() -> None:
    example = re.findall(r"```yaml\n(.*?)```", page("http-actions.md"), re.DOTALL)[0]
    systems = parse_systems(example, "docs/http-actions.md", Fence())
    assert list(systems.actions) == ["find_account", "change_address"]
    assert systems.secrets == ("SYSTEM_CRM_TOKEN",)


def test_a_signature_is_checked_as_the_page_says() -> None:
    shown = re.findall(r"```python\n(.*?)```", page("webhooks.md"), re.DOTALL)[0]
    secret, body = "whsec_" + base64.b64encode(b"k" * 24).decode(), b'{"type": "call.started"}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": sign(secret, "msg_1", 1_700_000_000, body),
    }
    known = f"import base64, hashlib, hmac\nsecret, headers, body = {secret!r}, {headers!r}, {body!r}\n"
    assert subprocess.run([sys.executable, "-c", known + shown], check=False).returncode == 0
    forged = known.replace("call.started", "call.ended")
    refused = subprocess.run([sys.executable, "-c", forged + shown], check=False, stderr=subprocess.DEVNULL)
    assert refused.returncode == 1


def test_every_event_is_on_the_page_with_its_schema() -> None:
    for kind in PAYLOADS:
        assert f"| `{kind}` |" in page("webhooks.md")
        assert f"docs/schemas/{kind}.json" in page("webhooks.md")


def test_the_attempts_on_the_page_are_those_that_are_made() -> None:
    assert list(BRIEF_S) == [10, 60, 300, 1_800]
    assert list(PATIENT_S) == [*BRIEF_S, 7_200, 21_600, 86_400]
    assert "after 10 s, 1 min, 5 min, 30 min, 2 h, 6 h and 24 h" in page("jobs.md")
