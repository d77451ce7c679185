"""Twilio's side of a phone call, for testing any server that speaks its webhooks and Media Streams.

line         one media stream as Twilio keeps it: play-out buffer, marks, strictness. No input or output.
call         one call: webhooks, TwiML, the dialled human, interruptions
caller       the person on the phone, and what scripts may do with them
twin         places calls; `web` and `memory` are the two networks it can reach a server through
rest         the REST calls that steer live calls
scenario     callers written down in YAML
result       what was said, heard, and how fast
"""

from telephony.twin.caller import Caller, CallerGaveUp, CallerScript
from telephony.twin.config import Human, Tamper, TwinConfig
from telephony.twin.result import CallResult
from telephony.twin.twin import Twin

__all__ = [
    "CallResult",
    "Caller",
    "CallerGaveUp",
    "CallerScript",
    "Human",
    "Tamper",
    "Twin",
    "TwinConfig",
]
