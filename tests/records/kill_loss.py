"""How much of a recording a ``kill -9`` takes: calls fed in real time, killed at any moment.

    python -m tests.records.kill_loss [--kills 10]

Prints the end of what was fed, the end of what the file holds once it is made whole, and the difference.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from records.wav import repair

FED = """
import sys, time
from pathlib import Path
from records.recording import WavRecorder
recorder = WavRecorder(Path(sys.argv[1]))
began = time.monotonic()
for at in range(100_000):
    time.sleep(max(0.0, began + at * 0.02 - time.monotonic()))
    recorder.caller(at * 20.0, bytes(160))
    recorder.agent(at * 20.0, bytes(160))
    print(at * 20 + 20, flush=True)
"""


def lost_ms(path: Path, upto_ms: int) -> tuple[float, float]:
    """(ms that were fed when the process was killed, ms that the file holds)."""
    child = subprocess.Popen([sys.executable, "-c", FED, str(path)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    fed = 0
    for line in child.stdout:
        fed = int(line)
        if fed >= upto_ms:
            break
    child.send_signal(signal.SIGKILL)
    fed = max([fed, *(int(line) for line in child.stdout.read().split())])
    child.stdout.close()
    child.wait()
    return fed, repair(path)


def main() -> None:
    """Print a line for each kill, and the most that was lost."""
    arguments = argparse.ArgumentParser(prog="tests.records.kill_loss")
    arguments.add_argument("--kills", type=int, default=10)
    kills, chance, most = arguments.parse_args().kills, random.Random(9), 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(kills):
            fed, kept = lost_ms(Path(folder) / f"{number}.wav", chance.randrange(1_000, 5_000))
            most = max(most, fed - kept)
            print(f"fed {fed:5.0f} ms, kept {kept:5.0f} ms, lost {fed - kept:4.0f} ms", flush=True)
    print(f"{kills} kills, at most {most:.0f} ms lost")


if __name__ == "__main__":
    main()
