"""E-mail about appointments: a few words, and the appointment as a calendar file."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock
from workflows.jobs.appointments import Appointment, appointment, revision
from workflows.jobs.backoff import PATIENT_S
from workflows.jobs.calendar_file import calendar_file
from workflows.jobs.delivery import Delivery, Failed, Letterhead, Letterheads, NotSent, Occurrence, Outcome, Sent
from workflows.jobs.texts import STATUS, spoken_when

NO_SERVER = "there is no mail server: set SMTP_URL and MAIL_FROM"


class MailRefused(Exception):
    """The mail server said no. ``lasting``: it would say so again (RFC 5321: 5xx)."""

    def __init__(self, reason: str, lasting: bool) -> None:
        super().__init__(reason)
        self.lasting = lasting


class Mail(Protocol):
    """Sends e-mail."""

    async def send_mail(self, message: EmailMessage) -> None:
        """Hand it to the server. Raises MailRefused, OSError."""


class MailChannel:
    """``mail`` None: nothing can be sent, and that stands on every delivery. ``sender``: the address it comes from."""

    waits_s = PATIENT_S

    def __init__(
        self, engine: AsyncEngine, clock: Clock, mail: Mail | None, sender: str, letterheads: Letterheads
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._mail = mail
        self._sender = sender
        self._letterheads = letterheads

    async def send(self, delivery: Delivery, occurrence: Occurrence) -> Outcome:
        """Compose it from what is on file now, and hand it over."""
        if self._mail is None:
            return NotSent(NO_SERVER)
        head = self._letterheads.of(occurrence.business)
        async with self._engine.connect() as connection:
            about = await appointment(connection, occurrence.subject, head.timezone)
            sequence = await revision(connection, occurrence.subject, occurrence.id)
        if about is None or not about.email:
            return NotSent("it is not on file any more")
        if STATUS.get(occurrence.kind, about.status) != about.status:
            return NotSent("the booking has been changed since")
        try:
            message = self._message(about, head, occurrence, sequence)
        except ValueError:
            return NotSent("the address on file is no e-mail address")
        try:
            await self._mail.send_mail(message)
        except MailRefused as why:
            return Failed(str(why), lasting=why.lasting)
        return Sent(str(message["Message-ID"]))

    def _message(self, about: Appointment, head: Letterhead, what: Occurrence, sequence: int) -> EmailMessage:
        domain = self._sender.rpartition("@")[2]
        message = EmailMessage()
        message["From"] = Address(head.business, addr_spec=self._sender)
        message["To"] = Address(about.name, addr_spec=about.email)
        message["Subject"] = f"{_headline(what.kind)}: {about.service}, {spoken_when(about, head.locale)}"
        message["Date"] = format_datetime(what.created_at)
        # Sent twice, it is the same message: mail programs show it once.
        message["Message-ID"] = f"<outbox-{what.id}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_words(about, head, what.kind))
        method = "CANCEL" if about.status == "cancelled" else "REQUEST"
        content = calendar_file(about, head, self._sender, sequence, what.created_at)
        message.add_alternative(
            content, maintype="text", subtype="calendar", params={"method": method, "charset": "utf-8"}
        )
        message.add_attachment(content, maintype="application", subtype="ics", filename="appointment.ics")
        return message


def _headline(kind: str) -> str:
    return {"booking.cancelled": "Cancelled", "booking.rescheduled": "Moved"}.get(kind, "Booked")


def _words(about: Appointment, head: Letterhead, kind: str) -> str:
    done = {"booking.cancelled": "is cancelled", "booking.rescheduled": "was moved"}.get(kind, "is booked")
    lines = [
        f"Dear {about.name},",
        "",
        f"your appointment with {head.business} {done}.",
        "",
        f"  What:  {about.service}",
        f"  When:  {spoken_when(about, head.locale)} ({about.timezone})",
        *([f"  Where: {about.place}"] if about.place else []),
        f"  Code:  {about.code}",
        "",
        f"To change it, call {head.number} and have the code ready." if head.number else "",
    ]
    return "\n".join(lines).rstrip() + "\n"
