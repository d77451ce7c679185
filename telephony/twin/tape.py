"""Both sides of a call on one sample clock: sample n is n / 8 ms after the call was answered."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from telephony import g711

Channel = Literal["caller", "agent"]


class Tape:
    """Two channels of mu-law, silent where nothing was written."""

    def __init__(self) -> None:
        self._channels: dict[Channel, bytearray] = {"caller": bytearray(), "agent": bytearray()}

    def write(self, channel: Channel, sample: int, audio: bytes) -> None:
        """Lay `audio` down from `sample` on, over what was there."""
        track = self._channels[channel]
        if len(track) < sample:
            track.extend(bytes([g711.SILENCE]) * (sample - len(track)))
        track[sample : sample + len(audio)] = audio

    def read(self, channel: Channel, sample: int, count: int) -> bytes:
        """`count` samples from `sample` on; silence beyond what was written."""
        piece = bytes(self._channels[channel][sample : sample + count])
        return piece + bytes([g711.SILENCE]) * (count - len(piece))

    def whole(self, channel: Channel) -> bytes:
        """The channel from answer on, as long as the longer of the two."""
        return self.read(channel, 0, max(len(track) for track in self._channels.values()))

    def write_wav(self, path: Path) -> None:
        """A stereo WAV, linear16 at 8000 Hz: caller left, agent right."""
        import array
        import sys
        import wave

        sides = [array.array("h", g711.ulaw_to_linear(self.whole(side))) for side in ("caller", "agent")]
        both = array.array("h", bytes(4 * len(sides[0])))
        both[0::2], both[1::2] = sides
        if sys.byteorder == "big":
            both.byteswap()
        with wave.open(str(path), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(g711.RATE)
            file.writeframes(both.tobytes())
