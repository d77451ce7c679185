"""Offers of the house that await a yes, whatever the script; the names are what ``Run.confirming`` holds."""

from __future__ import annotations

from calls.run import EARLIER_OFFER

ALL, CHANGE = "*", "?"
"""What may be awaiting a yes beside a slot and an offer of the house: everything read back, and what to change."""

HUMAN = "@human"
CALLBACK = "@callback"
RESUME = "@resume"
"""after the line dropped: go on?"""
SPEAKER = "@speaker"
"""somebody else took the phone: go on?"""
EARLIER = EARLIER_OFFER
"""a call of this number broke off: go on with it?"""
GROWN_UP = "@grown_up"
"""a child called: is a grown-up there?"""
STOP = "@stop"
"""words that end the call were heard, and not for sure: stop here?"""
OWN_NAME = "@own_name"
"""no yes is awaited here, but the name of a caller who speaks for somebody else"""

OFFERS = {
    HUMAN: "offer_human",
    CALLBACK: "offer_callback",
    RESUME: "resume_offer",
    SPEAKER: "resume_offer",
    EARLIER: "earlier_offer",
    GROWN_UP: "grown_up",
    STOP: "stop_offer",
    OWN_NAME: "own_name",
}
"""what is awaited -> the house line that asks for it"""

CALLER_NAME = "caller_name"
"""The slot every script has for the name of a caller who speaks for somebody else."""
