"""Simulated callers: the same seed is the same call, and the oracle tells right from wrong by the rows alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from spoken import Context, Kind, read_back
from switchboard.rehearsal import Said
from switchboard.simulation.calendar_store import CalendarStore, address, own_databases
from switchboard.simulation.faults import draw_faults
from switchboard.simulation.goals import Goal
from switchboard.simulation.impostors import judge_impostor
from switchboard.simulation.listening import CallerEar, claims_in
from switchboard.simulation.oracle import Circumstances, judge
from switchboard.simulation.report import Report, as_json, as_text
from switchboard.simulation.run import Plan, Shard, draw_scene, play_all, play_seeds
from switchboard.simulation.world import World, draw_world
from tests.counts import count
from tests.databases import Databases
from workflows.language.scripts import shipped_scripts

PLAN = Plan(shipped_scripts())
CALLS = count(full=5_000, quick=40)


@pytest.fixture(scope="module")
def shard(databases: Databases) -> Shard:
    with databases.fresh() as url:
        return asyncio.run(play_seeds(PLAN, url, range(CALLS)))


def test_nothing_is_claimed_without_a_receipt(shard: Shard) -> None:
    assert [(one.seed, one.unproven, one.transcript) for one in shard.played if one.unproven] == []


def test_most_callers_get_what_they_want(shard: Shard) -> None:
    figures = Report(shard.played, 1.0).whole
    assert figures.calls == CALLS
    assert figures.right_percent > 60, as_text(Report(shard.played, 1.0))


def test_a_seed_alone_is_the_same_call(fresh_database: str, shard: Shard) -> None:
    for seed in (1, 7, 23, 31):
        (alone,) = asyncio.run(play_seeds(PLAN, fresh_database, [seed])).played
        assert alone == next(one for one in shard.played if one.seed == seed)


def test_several_processes_play_the_same_calls(empty_database: str, shard: Shard) -> None:
    with own_databases(empty_database, ["one", "two"]) as urls:
        both = asyncio.run(play_all(PLAN, urls, range(10)))
    assert both.played == shard.played[:10]
    assert both.coverage.calls >= 10, "who was cut off for good rings again: a call of its own"


def test_faults_lead_to_no_claims(fresh_database: str) -> None:
    plan = replace(PLAN, faults=True)
    seeds = range(1_000, 1_000 + count(full=1_000, quick=40))
    played = asyncio.run(play_seeds(plan, fresh_database, seeds)).played
    assert [one.transcript for one in played if one.unproven] == []
    assert any(draw_scene(plan, one.seed).faults.hinders for one in played)


def test_the_report_tells_both_halves_apart(shard: Shard) -> None:
    report = Report(shard.played, 2.0)
    told: Any = as_json(report)
    assert told["halves"]["worked"]["calls"] + told["halves"]["held"]["calls"] == CALLS
    assert len(told["worst"]) <= 10
    assert all(one["transcript"] for one in told["worst"])
    assert f"{CALLS * 30} calls a minute" in as_text(report)


# --- the oracle ---------------------------------------------------------------------------------------------


def a_free_time(world: World) -> tuple[str, str]:
    day = next(day for day in world.days_ahead(1, 20) if world.free("checkup", day))
    return day.isoformat(), world.free("checkup", day)[0].strftime("%H:%M")


def row(world: World, goal: Goal, **changes: object) -> dict[str, object]:
    start = datetime.fromisoformat(f"{goal.date}T{goal.time}").replace(tzinfo=world.zone)
    return {"service": goal.service, "name": goal.name, "phone": goal.phone, "starts_at": start, **changes}


WORLD = draw_world(3)
DAY, TIME = a_free_time(WORLD)
GOAL = Goal("book", service="checkup", date=DAY, time=TIME, name="Anna Lund", phone="+19175550101")
NOTHING = Circumstances()


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({}, "right"),
        ({"name": "ANNA LUND"}, "right"),
        ({"name": "Anna Lunt"}, "wrong"),
        ({"phone": "+19175550102"}, "wrong"),
        ({"service": "cleaning"}, "wrong"),
    ],
)
def test_a_booking_has_to_be_the_one_that_was_wanted(changes: dict[str, object], result: str) -> None:
    assert judge(GOAL, WORLD, {"bookings": [row(WORLD, GOAL, **changes)]}, NOTHING).result == result


def test_another_time_is_only_right_where_the_wish_was_gone() -> None:
    later = row(WORLD, GOAL)["starts_at"]
    assert isinstance(later, datetime)
    other = {"bookings": [row(WORLD, GOAL, starts_at=later + timedelta(minutes=30))]}
    assert judge(replace(GOAL, other_time=True), WORLD, other, NOTHING).result == "wrong"
    full = replace(WORLD, resources=())
    assert judge(replace(GOAL, other_time=True), full, other, NOTHING).result == "right"
    assert judge(GOAL, full, other, NOTHING).result == "wrong"


def test_two_bookings_or_one_against_their_will_are_wrong() -> None:
    twice = {"bookings": [row(WORLD, GOAL), row(WORLD, GOAL)]}
    assert judge(GOAL, WORLD, twice, NOTHING).result == "wrong"
    once = {"bookings": [row(WORLD, GOAL)]}
    assert judge(replace(GOAL, declines=True), WORLD, once, NOTHING).result == "wrong"
    assert judge(replace(GOAL, declines=True), WORLD, {}, NOTHING).result == "right"


def test_nothing_done_is_missed_unless_the_system_failed() -> None:
    assert judge(GOAL, WORLD, {}, NOTHING).result == "missed"
    way_out = {"callbacks": [{"phone": GOAL.phone}]}
    assert judge(GOAL, WORLD, way_out, NOTHING).result == "missed"
    assert judge(GOAL, WORLD, way_out, Circumstances(world_failed=True)).result == "right"


def test_a_ticket_has_to_say_what_was_told() -> None:
    goal = Goal("support", name="Anna Lund", phone="+19175550101", problem="the handle came off")
    told = {"tickets": [{"problem": "the handle came of", "name": "Anna Lund", "phone": goal.phone}]}
    assert judge(goal, WORLD, told, NOTHING).result == "right"
    other = {"tickets": [{"problem": "what do you mean", "name": "Anna Lund", "phone": goal.phone}]}
    assert judge(goal, WORLD, other, NOTHING).result == "missed"


def told(text: str) -> list[Said]:
    return [Said("r1.1", "found", text, True, 0.0, 1_000.0)]


def test_an_impostor_may_hear_nothing_of_the_record() -> None:
    context = Context(WORLD.now, WORLD.timezone)
    day = read_back(Kind.date, WORLD.mine.starts.astimezone(WORLD.zone).date().isoformat(), context)
    owed = read_back(Kind.money, f"{WORLD.person.balance:.2f} USD", context)
    assert judge_impostor(WORLD, {}, told(f"Your cleaning is on {day} at ten.")).wrong_rows == ("told the day",)
    assert judge_impostor(WORLD, {}, told(f"{owed} is open on your account.")).wrong_rows == ("told the amount",)
    assert judge_impostor(WORLD, {}, told(f"The next day with a free time is {day}.")).result == "right"
    assert judge_impostor(WORLD, {"changed": [{}]}, []).result == "wrong"
    assert judge_impostor(WORLD, {"bookings": [{}]}, told("I can't match what you gave me.")).result == "right"


def test_somebody_elses_appointment_stays_as_it_is() -> None:
    mine = {"code": WORLD.mine.code, "status": "cancelled", "starts_at": WORLD.mine.starts}
    cancel = Goal("cancel", code=WORLD.mine.code)
    assert judge(cancel, WORLD, {"changed": [mine]}, NOTHING).result == "right"
    assert judge(cancel, WORLD, {"changed": [{**mine, "code": "S3-001-01"}]}, NOTHING).result == "wrong"
    assert judge(GOAL, WORLD, {"bookings": [row(WORLD, GOAL)], "changed": [mine]}, NOTHING).result == "wrong"
    assert judge(cancel, WORLD, {}, NOTHING).result == "missed"


# --- the caller's ear -----------------------------------------------------------------------------------------


def test_a_name_is_heard_whole() -> None:
    ear = CallerEar(WORLD)
    assert ear.tells("A check-up at noon, for Anna Lund, phone number two", "name", "Anna Lund")
    assert not ear.tells("A check-up at noon, for Anna Lund Nice, phone number two", "name", "Anna Lund")
    assert not ear.tells("A check-up at noon, for Lund, phone number two", "name", "Anna Lund")
    assert not ear.tells("in the afternoon", "time", "12:00")


def test_claims_are_heard() -> None:
    assert claims_in("You are booked for a cleaning. Your booking code is A B.") == ["bookings"]
    assert claims_in("Shall I book it? I have not booked anything.") == []


def test_worlds_and_faults_come_from_the_seed() -> None:
    assert draw_world(5) == draw_world(5) != draw_world(6)
    assert draw_faults(5) == draw_faults(5)


def test_what_a_call_left_is_seen_and_forgotten(fresh_database: str) -> None:
    store, mine, other = CalendarStore(fresh_database), draw_world(11), draw_world(12)
    store.put([mine, other])
    assert not any(store.left_in(mine).values())
    with psycopg.connect(address(fresh_database)) as outside:
        outside.execute("update bookings set status = 'cancelled' where code = %s", [mine.mine.code])
    assert [row["code"] for row in store.left_in(mine)["changed"]] == [mine.mine.code]
    store.forget(mine)
    assert len(store.left_in(mine)["changed"]) == len(mine.taken) + 1
    assert not any(store.left_in(other).values())
    store.close()


def test_every_seed_has_a_code_of_its_own() -> None:
    assert len({draw_world(seed).mine.code for seed in range(200)}) == 200
