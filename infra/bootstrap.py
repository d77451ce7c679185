"""Make `.venv` for `make demo` and `make test`, or say within a second what stands in the way.

Nothing but the standard library, and nothing newer than Python 3.6 in the syntax: whatever `python3` is, it
must get as far as the sentence that says which one is needed. A second run costs one comparison of digests.
"""

import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
STAMP = VENV / "switchboard.stamp"
HALF_DONE = VENV / "switchboard.installing"
LOCKS = (PROJECT / "requirements.lock", PROJECT / "models.lock")
PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14", "python3")
OLDEST = (3, 11)
# measured on x86-64 Linux with Python 3.11 and 3.13
DOWNLOAD_MB = 290
INSTALLED_MB = 850
NEEDED_MB = 1500
SCRATCH_MB = 400


class Obstacle(Exception):
    """What stands in the way, and the remedy, as one text for a person."""


def main():
    try:
        VENV.mkdir(exist_ok=True)
        with open(str(VENV / "switchboard.lock"), "w") as lock:
            wait_for(lock)
            make_environment()
    except PermissionError as fault:
        return complain(
            "{0} may not be written by this user. Take the folder over with\n"
            "    sudo chown -R $(id -un) {1}\nor clone the project into a folder of your own.".format(
                fault.filename, PROJECT
            )
        )
    except OSError as fault:
        return complain("{0}\nFree some space or choose another folder, then run make again.".format(fault))
    except Obstacle as fault:
        return complain(str(fault))
    except KeyboardInterrupt:
        return complain("Interrupted. Run the same command again: what has been fetched is kept.")
    return 0


def make_environment():
    stamp = wanted_stamp()
    if STAMP.is_file() and STAMP.read_text() == stamp and (VENV / "bin" / "python").exists():
        return
    python = find_python()
    packages = sum(count_packages(lock) for lock in LOCKS)
    say("Switchboard makes itself an environment in {0}".format(VENV))
    say(
        "  Python {0}; about {1} packages, {2} MB to fetch with pip, {3} MB on disk; takes one to four minutes.\n"
        "  Nothing outside that folder changes, but for pip's cache. No root needed.".format(
            ".".join(str(n) for n in version_of(python)), packages, DOWNLOAD_MB, INSTALLED_MB
        )
    )
    check_disk()
    pip = make_venv(python)
    for lock in LOCKS:
        install(pip, lock)
    put_project_on_path()
    check_imports()
    STAMP.write_text(stamp)
    say("  ready: .venv/bin/switchboard")


def wanted_stamp():
    """A digest of everything the environment is made from, its place included: scripts name it."""
    digest = hashlib.sha256()
    for path in LOCKS + (Path(__file__).resolve(),):
        if not path.is_file():
            raise Obstacle("{0} is missing from this copy of the project. Restore it with: git checkout -- {0}"
                           .format(path.name))  # fmt: skip
        digest.update(path.read_bytes())
    digest.update(str(VENV).encode())
    return digest.hexdigest() + "\n"


def find_python():
    """The first interpreter that is new enough; the one running this, if it is."""
    tried = []
    for name in (sys.executable,) + PYTHONS:
        path = shutil.which(name) if name else None
        found = version_of(path) if path else None
        if found and found[:2] >= OLDEST:
            return path
        if found:
            tried.append("{0} is {1}.{2}".format(path, *found))
    raise Obstacle(
        "Python {0}.{1} or newer is needed{2}.\n"
        "On Debian 12 or Ubuntu 24.04 and later:  sudo apt install python3 python3-venv\n"
        "On an older system install one beside the system's own and run:  make PYTHON=/path/to/python3.11".format(
            OLDEST[0], OLDEST[1], " (" + ", ".join(dict.fromkeys(tried)) + ")" if tried else ""
        )
    )


def version_of(python):
    code = "import sys; print(*sys.version_info[:3])"
    try:
        words = subprocess.check_output([python, "-c", code], stderr=subprocess.DEVNULL).split()
        return tuple(int(word) for word in words)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def check_disk():
    free = shutil.disk_usage(str(PROJECT)).free // 10**6
    have = folder_mb(VENV)
    if free + have < NEEDED_MB:
        raise Obstacle(
            "{0} MB are free where {1} is; about {2} MB are needed for the packages, the speech models and the "
            "database.\nFree some space (for example: pip cache purge) or clone the project onto another disk."
            .format(free, PROJECT, NEEDED_MB)
        )  # fmt: skip


def folder_mb(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*")) // 10**6


def make_venv(python):
    """Returns the command that runs pip for the environment."""
    inside = VENV / "bin" / "python"
    if HALF_DONE.exists():
        say("  an earlier installation was interrupted: beginning anew")
        empty_venv()
    if inside.exists() and (version_of(str(inside)) or (0, 0))[:2] < OLDEST:
        say("  the Python of the old environment is gone or too old: beginning anew")
        empty_venv()
    if works([str(inside), "-m", "pip", "--version"]):
        return [str(inside), "-m", "pip"]
    if works([python, "-c", "import venv, ensurepip"]) and works([python, "-m", "venv", str(VENV)]):
        return [str(inside), "-m", "pip"]
    # Debian keeps ensurepip in python3-venv; a pip or a virtualenv from elsewhere does as well.
    if works([python, "-m", "virtualenv", str(VENV)]) and works([str(inside), "-m", "pip", "--version"]):
        return [str(inside), "-m", "pip"]
    bare = works([python, "-m", "venv", "--without-pip", str(VENV)])
    if bare and works([python, "-m", "pip", "--python", str(inside), "--version"]):
        return [python, "-m", "pip", "--python", str(inside)]
    rootless = "\nWithout root:  {0} -m pip install --user virtualenv  and run make again.".format(python)
    raise Obstacle(
        "This Python ({0}) cannot make environments: Debian and Ubuntu keep that in a package of its own.\n"
        "    sudo apt install python3-venv        (or python{1}.{2}-venv)".format(python, *version_of(python))
        + (rootless if works([python, "-m", "pip", "--version"]) else "")
    )


def empty_venv():
    for path in VENV.iterdir():
        if path.name != "switchboard.lock":
            shutil.rmtree(str(path)) if path.is_dir() and not path.is_symlink() else path.unlink()


def works(command):
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet()) == 0
    except OSError:
        return False


def quiet():
    """The environment for pip, without what would make it install elsewhere or stop and ask."""
    unwanted = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX")
    clean = {name: value for name, value in os.environ.items() if name not in unwanted}
    clean.update(PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONUNBUFFERED="1")
    if shutil.disk_usage(tempfile.gettempdir()).free // 10**6 < SCRATCH_MB:
        scratch = VENV / "scratch"
        scratch.mkdir(exist_ok=True)
        clean["TMPDIR"] = str(scratch)
    return clean


def install(pip, lock):
    """Install one lock: closed under dependencies, every file with its digest, wheels only."""
    command = pip + [
        "install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off",
        "-r", str(lock),
    ]  # fmt: skip
    progress = Progress(count_packages(lock), count_installed())
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, env=quiet()
    )
    lines = []
    done = threading.Event()
    watcher = threading.Thread(target=progress.watch, args=(done,))
    watcher.start()
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            progress.read(line)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        done.set()
        watcher.join()
        progress.finish()
    if process.wait() != 0:
        raise Obstacle(diagnose("\n".join(lines), lock))
    if HALF_DONE.exists():
        HALF_DONE.unlink()


class Progress:
    """pip's talk as one line a package, or as one line that changes where there is a terminal."""

    def __init__(self, total, installed_before):
        self.total = total
        self.seen = 0
        self.before = installed_before
        self.installing = False
        self.live = sys.stdout.isatty()

    def read(self, line):
        name = re.match(r"\s*(?:Collecting|Processing|Requirement already satisfied:) (\S+)", line)
        size = re.match(r"\s*(?:Downloading|Using cached) \S*?([^/ ]+)\.whl\S* \(([^)]+ MB)\)", line)
        if name:
            self.seen += 1
            if self.live:
                self.show("{0:3d} %  {1}".format(self.percent(self.seen), name.group(1).split("/")[-1]))
        elif size:
            package = " ".join(size.group(1).split("-")[:2])
            self.show("{0:3d} %  {1} ({2})".format(self.percent(self.seen), package, size.group(2)))
        elif line.startswith("Installing collected packages"):
            self.installing = True
            HALF_DONE.touch()
            self.show("100 %  fetched; unpacking")

    def percent(self, number):
        return min(100, 100 * number // max(1, self.total))

    def watch(self, done):
        """While pip unpacks without a word, count what has arrived."""
        last = 0
        while not done.wait(1.0):
            arrived = count_installed() - self.before
            if self.installing and arrived != last and (self.live or arrived >= last + 10):
                last = arrived
                self.show("       unpacked {0} of about {1}".format(arrived, self.total))

    def show(self, text):
        if self.live:
            sys.stdout.write("\r\033[K  " + text[:76])
        else:
            sys.stdout.write("  " + text + "\n")
        sys.stdout.flush()

    def finish(self):
        if self.live:
            sys.stdout.write("\r\033[K")
            sys.stdout.flush()


def count_packages(lock):
    lines = re.findall(r"^[a-zA-Z0-9_.-]+==.*", lock.read_text(), re.MULTILINE)
    return len([line for line in lines if "== 'win32'" not in line and "== 'emscripten'" not in line])


def count_installed():
    return len(list((VENV / "lib").glob("python*/site-packages/*.dist-info")))


REMEDIES = (
    ("No space left on device", "The disk is full. Free some space and run make again."),
    ("DO NOT MATCH THE HASHES",
     "A file from the package index is not the one this release was tested with, so it was not installed.\n"
     "Try once more after: pip cache purge. If it stays, the index (or a proxy) serves altered files."),
    ("407", "The proxy asks for a name and a password: HTTPS_PROXY=http://name:password@proxy:port make demo"),
    ("CERTIFICATE_VERIFY_FAILED",
     "A proxy shows a certificate this machine does not know. Point pip at its authority:\n"
     "    PIP_CERT=/path/to/authority.pem make demo"),
    ("No matching distribution found",
     "The package index has no such package, or none built for this machine ({machine}).\n"
     "If you use a mirror (PIP_INDEX_URL), see that it is complete; ready-made packages exist for\n"
     "Linux on x86-64 with Python 3.11 to 3.13."),
    ("Permission denied", "A file may not be written. Take the folder over: sudo chown -R $(id -un) {project}"),
)  # fmt: skip
UNREACHABLE = (
    "ProxyError", "NewConnectionError", "ConnectTimeout", "ReadTimeout", "Temporary failure in name resolution",
    "Name or service not known", "Connection refused", "Network is unreachable", "Tunnel connection failed",
    "SSLError", "Max retries exceeded", "Could not fetch URL", "Read timed out",
    "(from versions: none)",
)  # fmt: skip


def diagnose(output, lock):
    """pip's failure in a sentence with the remedy, and its own last lines below."""
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith("Ignoring ")]
    last = "\n".join("    " + line[:160] for line in lines[-5:])
    advice = "Run make again; if it fails in the same way, the lines above say where."
    # what could not be reached is reported by pip as "no matching distribution" too: look for the cause first
    if any(sign in output for sign in UNREACHABLE) and "CERTIFICATE" not in output and " 407" not in output:
        advice = (
            "The package index cannot be reached from here, or is empty. Behind a proxy, or with a mirror of your own:\n"
            "    HTTPS_PROXY=http://proxy:port make demo\n"
            "    PIP_INDEX_URL=https://mirror/simple make demo"
        )
    else:
        for sign, remedy in REMEDIES:
            if sign in output:
                advice = remedy.format(machine=platform.platform(), project=PROJECT)
                break
    return "pip could not install {0}:\n{1}\n{2}".format(lock.name, last, advice)


def put_project_on_path():
    """The project runs from its own folder: edits count at once, and new packages need no new install."""
    (site,) = (VENV / "lib").glob("python3*/site-packages")
    (site / "switchboard_voice.pth").write_text("{0}\n".format(PROJECT))
    script = VENV / "bin" / "switchboard"
    # a shell in the first line: the path of an interpreter may hold blanks or be too long for one
    script.write_text(
        "#!/bin/sh\n"
        "'''exec' \"$(dirname \"$(readlink -f \"$0\")\")/python\" \"$0\" \"$@\"\n"
        "' '''\n"
        "import sys\n\nfrom switchboard.cli import main\n\n"
        # A child process that reads this file anew must not begin the command once more.
        "if __name__ == \"__main__\":\n    sys.exit(main())\n"
    )
    script.chmod(0o755)


def check_imports():
    """One import of each compiled kind: finds a C library too old before the first call does."""
    code = "import numpy, onnxruntime, psycopg, tokenizers, aiohttp"
    done = subprocess.run(
        [str(VENV / "bin" / "python"), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode != 0:
        raise Obstacle(
            "The installed packages do not run on this machine ({0}):\n    {1}\n"
            "They need glibc 2.28 or newer and libstdc++ (Debian: sudo apt install libstdc++6).".format(
                platform.platform(), done.stdout.decode(errors="replace").strip().splitlines()[-1]
            )
        )


def wait_for(lock):
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another make is preparing the environment; waiting for it.")
        fcntl.flock(lock, fcntl.LOCK_EX)


def say(text):
    print(text, flush=True)


def complain(text):
    print("\n" + text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
