"""The browser softphone: a page whose microphone and loudspeaker are a telephone on a line of ours.

The page speaks the carrier's own protocol (Media Streams) over a WebSocket, so a call from a browser runs
through the same handler, play-out and session as a call from the network.
"""

from telephony.phone.routes import Over, Row, Softphone, Transcript

__all__ = ["Over", "Row", "Softphone", "Transcript"]
