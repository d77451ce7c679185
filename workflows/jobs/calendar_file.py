"""An appointment as a calendar file, which mail programs take in as an invitation (RFC 5545, RFC 5546)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from workflows.jobs.appointments import Appointment
from workflows.jobs.delivery import Letterhead


def calendar_file(about: Appointment, head: Letterhead, organizer: str, sequence: int, now: datetime) -> bytes:
    """REQUEST for an appointment that stands, CANCEL for one that was cancelled.

    The UID is drawn from the booking's code and stays; ``sequence`` rises with every change, so that a program which
    has an older one replaces it. ``organizer`` is an e-mail address.
    """
    cancelled = about.status == "cancelled"
    zone = ZoneInfo(about.timezone)
    calendar = Calendar()
    calendar.add("prodid", "-//Switchboard//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{about.code}@{organizer.rpartition('@')[2]}")
    event.add("sequence", sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", about.starts_at.astimezone(zone))
    event.add("dtend", about.ends_at.astimezone(zone))
    event.add("summary", f"{about.service}, {head.business}")
    event.add("description", f"Booking code {about.code}." + (f" Call {head.number}." if head.number else ""))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if about.place:
        event.add("location", about.place)
    host = vCalAddress(f"mailto:{organizer}")
    host.params["CN"] = vText(head.business)
    event["organizer"] = host
    guest = vCalAddress(f"mailto:{about.email}")
    guest.params["CN"] = vText(about.name)
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    guest.params["RSVP"] = vText("FALSE")
    event.add("attendee", guest, encode=False)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
