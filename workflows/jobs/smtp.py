"""The mail server. Implements the port ``Mail`` with SMTP (RFC 5321), encrypted unless it is on this very machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from calls.errors import ConfigurationError
from workflows.jobs.mail import MailRefused

TIMEOUT_S = 30.0
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """``read`` makes one from a URL."""

    host: str
    port: int
    implicit_tls: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def read(cls, url: str) -> SmtpMail:
        """``smtps://user:password@host[:465]`` or ``smtp://...[:587]``. Raises ConfigurationError, without the URL."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigurationError("SMTP_URL must be like smtps://user:password@mail.example.com")
        tls = parts.scheme == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or (465 if tls else 587), tls, user, password)

    async def send_mail(self, message: EmailMessage) -> None:
        """Hand it over. Raises MailRefused, OSError."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user or None,
                password=self.password or None,
                use_tls=self.implicit_tls,
                # Off this machine it is STARTTLS or nothing.
                start_tls=None if self.implicit_tls else self.host not in _HERE,
                timeout=TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as why:
            raise MailRefused("the mail server refused the recipient", _lasting(why.recipients)) from None
        except aiosmtplib.SMTPResponseException as why:
            # Only its number: the text often repeats an address.
            raise MailRefused(f"the mail server answered {why.code}", 500 <= why.code < 600) from None
        except aiosmtplib.SMTPException as why:
            raise MailRefused(f"the mail server could not be used ({type(why).__name__})", False) from None


def _lasting(refused: list[aiosmtplib.SMTPRecipientRefused]) -> bool:
    return all(500 <= one.code < 600 for one in refused)
