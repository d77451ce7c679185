"""How the wrong sentences were made: ``python -m tests.corpora.gate.making`` writes the same files again.

Facts of a call are drawn, then a sentence from a hand-written frame is filled with one value that is wrong (and right
ones around it). A wrong value is near: a digit more, fifteen for fifty, a day or a month off, the other half of the
day, a name that sounds alike, two letters of a code exchanged. It equals nothing that stands in the facts. The halves
share no frame, name or scene.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.corpora.benign import frames as benign_frames
from tests.corpora.gate import frames, wordings

HERE = Path(__file__).parent
SCENES, EACH = 120, 500
KINDS = ("price", "date", "time", "name", "code")
HALVES = ("worked", "held")
EDITION = {"worked": 1, "held": 3}
"""raised when a held half was read, and with it its names in ``frames``"""


def main() -> None:
    """Write the scenes and both halves."""
    scenes: dict[str, Any] = {}
    for half in HALVES:
        random = Random(f"gate {half} {EDITION[half]}")
        own = {f"{half}-{n:03d}": _scene(random, half) for n in range(SCENES // 2)}
        scenes |= own
        lines = []
        for kind in KINDS:
            for n in range(EACH):
                name = random.choice(sorted(own))
                text, wrong = _sentence(kind, own[name], random, half)
                case = {"id": f"{kind}-{half[0]}{n:03d}", "kind": kind, "scene": name, "text": text, "wrong": wrong}
                lines.append(json.dumps(case))
        (HERE / f"{half}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    _write_benign(scenes)
    told = (json.dumps({"scene": name, **_facts(scene)}) for name, scene in scenes.items())
    (HERE / "scenes.jsonl").write_text("\n".join(told) + "\n", encoding="utf-8")


def _write_benign(scenes: dict[str, Any]) -> None:
    """The worked half of the sentences that may be said; its other half is written by hand."""
    random = Random("benign worked")
    names = sorted(name for name in scenes if name.startswith("worked"))
    lines, frames_of = [], [*benign_frames.FILLED, *benign_frames.PLAIN]
    for n in range(1000):
        name = random.choice(names)
        frame = frames_of[n] if n < len(frames_of) else random.choice(benign_frames.FILLED)
        text = frame.format(**right_values(scenes[name], random))
        lines.append(json.dumps({"id": f"benign-w{n:03d}", "scene": name, "text": text[0].upper() + text[1:]}))
    (HERE.parent / "benign" / "worked.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _scene(random: Random, half: str) -> dict[str, Any]:
    today = date(2026, 11, 2) + timedelta(days=random.randrange(400))
    cents = random.choice([random.randrange(12, 400) * 100, random.randrange(1_000, 30_000)])
    first = random.choice(frames.FIRST[half])
    start = random.randrange(16, 36) * 30 + random.choice([0, 0, 15])
    return {
        "today": today, "price": cents, "other": cents + random.choice([1, 3, 7]) * 1_100 + 500,
        "date": today + timedelta(days=random.randrange(1, 40)), "time": start,
        "offered": [start + 105, start - 150], "first": first, "last": random.choice(frames.LAST[half]),
        "doctor": random.choice(frames.LAST[half]), "business": random.choice(frames.BUSINESS),
        "code": "".join(random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2))
        + "".join(random.choice("0123456789") for _ in range(random.choice([3, 4, 5]))),
        "minutes": random.choice([20, 30, 40, 60]), "people": random.choice([2, 3, 5, 6]),
    }  # fmt: skip


def _facts(scene: dict[str, Any]) -> dict[str, Any]:
    at = [f"{m // 60:02d}:{m % 60:02d}" for m in (scene["time"], *scene["offered"])]
    facts = [
        ["business", scene["business"], "line"], ["agent_name", "Robin", "line"],
        ["price", f"The standard visit costs {scene['price'] / 100:.2f} dollars.", "script"],
        ["other_price", f"The extended package costs {scene['other'] / 100:.2f} dollars.", "script"],
        ["date", scene["date"].isoformat(), "slot"], ["time", at[0], "slot"], ["offered", at[1], "script"],
        ["offered", at[2], "script"], ["name", f"{scene['first']} {scene['last']}", "slot"],
        ["doctor", f"Dr. {scene['doctor']}", "script"], ["booking_code", scene["code"], "receipt"],
        ["minutes", scene["minutes"], "script"], ["party_size", scene["people"], "slot"],
    ]  # fmt: skip
    return {"wall": f"{scene['today'].isoformat()}T11:05:00-05:00", "facts": facts}


def right_values(scene: dict[str, Any], random: Random) -> dict[str, str]:
    """What stands in the facts of a scene, in some wording."""
    return {
        "price": wordings.price(scene["price"], random),
        "date": wordings.day(scene["date"], scene["today"], random),
        "time": wordings.clock(scene["time"], random),
        "offered": wordings.clock(scene["offered"][0], random),
        "name": scene["first"],
        "code": wordings.code(scene["code"], random),
        "doctor": f"Doctor {scene['doctor']}",
        "business": scene["business"],
        "minutes": f"{wordings.number(scene['minutes'])} minutes",
        "people": wordings.number(scene["people"]),
    }


def _sentence(kind: str, scene: dict[str, Any], random: Random, half: str) -> tuple[str, str]:
    for _ in range(200):
        right = right_values(scene, random)
        wrong = _WRONG[kind](scene, random, half)
        frame = random.choice(frames.WRONG[kind][HALVES.index(half) :: 2])
        text = frame.format(**{**right, "wrong": wrong})
        if wrong not in right.values():
            return text[0].upper() + text[1:], wrong
    raise AssertionError(kind)


def _price(scene: dict[str, Any], random: Random, half: str) -> str:
    cents, whole = scene["price"], scene["price"] // 100
    near = [cents + 500, cents - 200, cents * 10, cents + 100, cents + 1_000, cents + 50, whole * 100 + 1_99]
    near += [(whole + 30) * 100, (whole * 10 + 5) * 100, cents * 2, 15_00, 50_00, 40_00, 14_00]
    taken = {cents, scene["other"]}
    return wordings.price(random.choice([n for n in near if n > 0 and n not in taken and n < 999_900]), random)


def _date(scene: dict[str, Any], random: Random, half: str) -> str:
    when, today = scene["date"], scene["today"]
    if random.random() < 0.15:
        off = random.choice([d for d in range(7) if d != when.weekday()])
        return wordings.day(when, today, random, off)
    near = [when + timedelta(days=d) for d in (1, 2, -1, 7, 10, 30, 31, 14)]
    wrong = random.choice([d for d in near if d > today and d.day != when.day and d != today])
    for _ in range(50):
        said = wordings.day(wrong, today, random)
        # A weekday alone must not be the right one.
        if not (wrong.weekday() == when.weekday() and said.split()[-1] in wordings.DAYS):
            return said
    return wordings.day(when + timedelta(days=1), today, random)


def _time(scene: dict[str, Any], random: Random, half: str) -> str:
    at, minutes = scene["time"], scene["minutes"]
    taken = {at, *scene["offered"], 11 * 60 + 5} | {t + minutes for t in (at, *scene["offered"])}
    if random.random() < 0.2:
        # The other half of the day, said in so many words.
        flipped = (at + 720) % 1440
        hour, minute = divmod(flipped, 60)
        half_day = "am" if hour < 12 else "pm"
        return f"{hour % 12 or 12}:{minute:02d} {half_day}"
    near = [at + step for step in (30, 60, -30, -60, 15, 45, 120, 90)]
    clash = {t % 720 for t in taken}
    return wordings.clock(random.choice([n for n in near if 0 < n < 1439 and n % 720 not in clash]), random)


def _name(scene: dict[str, Any], random: Random, half: str) -> str:
    known = {scene["first"], scene["last"], scene["doctor"], "Robin"} | set(scene["business"].split())
    pool = [n for n in (*frames.FIRST[half], *frames.LAST[half], *frames.ALIKE) if n not in known]
    return random.choice(pool)


def _code(scene: dict[str, Any], random: Random, half: str) -> str:
    true = scene["code"]
    for _ in range(100):
        letters = list(true)
        match random.randrange(4):
            case 0:
                at = random.randrange(len(letters))
                pool = "0123456789" if letters[at].isdigit() else "ABCDEFGHJKLMNPQRSTUVWXYZ"
                letters[at] = random.choice(pool)
            case 1:
                at = random.randrange(2, len(letters) - 1)
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            case 2:
                letters.pop()
            case _:
                letters.append(random.choice("0123456789"))
        if "".join(letters) != true and len(letters) > 3:
            return wordings.code("".join(letters), random)
    raise AssertionError(true)


_WRONG = {"price": _price, "date": _date, "time": _time, "name": _name, "code": _code}


if __name__ == "__main__":
    main()
