"""Answers and customers out of files: what is wrong is told by line, and importing again changes what changed."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from calls.errors import ConfigurationError
from tests.workflows.backends.world import opening_on
from workflows.backends.importing import TABLES, carry_out, compare, mark_reviewed, read_answers, read_customers
from workflows.backends.practice import BARE
from workflows.backends.tables import customers, knowledge

TODAY = date(2026, 3, 16)
CSV = b"""id,question,answer,citation,owner,reviewed_on,review_by,phrasings
parking,Is there parking?,"Yes, behind the house.",Guide 2,desk,2026-03-01,2026-09-01,Where can I park?|Is there a lot?
dogs,Are dogs allowed?,Only guide dogs.,Guide 3,desk,2026-03-01,2026-09-01,
"""
YAML = b"""
- id: parking
  question: Is there parking?
  answer: Yes, behind the house.
  citation: Guide 2
  owner: desk
  reviewed_on: 2026-03-01
  review_by: 2026-09-01
  phrasings: ["Where can I park?", "Is there a lot?"]
- id: dogs
  question: Are dogs allowed?
  answer: Only guide dogs.
  citation: Guide 3
  owner: desk
  reviewed_on: 2026-03-01
  review_by: 2026-09-01
"""
PEOPLE = b"""id;name;phone;email;date_of_birth;postcode
c1;Maria Lopez;+1 212 555 0144;maria@example.com;1991-11-23;11201
c2;Jo;+44 20 7946 0018;;;
"""


def test_csv_and_yaml_say_the_same() -> None:
    assert read_answers(CSV, "a.csv", TODAY) == read_answers(YAML, "a.yaml", TODAY)
    parking, dogs = read_answers(CSV, "a.csv", TODAY)
    assert parking["phrasings"] == "Where can I park?\nIs there a lot?"
    assert parking["answer"] == "Yes, behind the house."
    assert dogs["review_by"] == date(2026, 9, 1)


def test_customers_are_read_with_their_number_in_one_form() -> None:
    maria, jo = read_customers(b"\xef\xbb\xbf" + PEOPLE, "people.csv", TODAY)
    assert (maria["phone"], maria["date_of_birth"]) == ("+12125550144", date(1991, 11, 23))
    assert (jo["phone"], jo["email"], jo["date_of_birth"]) == ("+442079460018", "", None)


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (b"Guide 3,desk,", b"Guide 3,,", ["a.csv:3: owner is missing"]),
        (b"2026-09-01,\n", b",\n", ["a.csv:3: review_by is missing"]),
        (b"2026-09-01,\n", b"next year,\n", ["a.csv:3: review_by: 'next year' is no day; write it like 2026-12-24"]),
        (b"2026-03-01,2026-09-01,\n", b"2026-03-01,2026-03-01,\n", ["a.csv:3: review_by 2026-03-01 is not after"]),
        (b"2026-03-01,2026-09-01,\n", b"2027-03-01,2028-09-01,\n", ["a.csv:3: reviewed_on 2027-03-01 lies ahead"]),
        (b"dogs,", b"parking,", ["a.csv:3: id 'parking' stands in line 2 already"]),
        (b"owner", b"boss", ["a.csv:1: there is no owner", "a.csv:1: nobody knows 'boss'"]),
        (b'"Yes, behind the house."', b"Yes, behind the house.", ["a.csv:2: 9 cells under 8 names"]),
        (b"Only guide dogs.", b"x" * 601, ["a.csv:3: answer: at most 600 characters (there are 601)"]),
        (b"Is there", b"Is\xff there", ["a.csv: this is no UTF-8"]),
        (b"dogs,", b"a/b,", ["a.csv:3: id: letters, digits"]),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line(was: bytes, becomes: bytes, told: list[str]) -> None:
    assert was in CSV
    with pytest.raises(ConfigurationError) as caught:
        read_answers(CSV.replace(was, becomes), "a.csv", TODAY)
    for line in told:
        assert line in str(caught.value)


def test_every_complaint_comes_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_customers(b"id,name,phone,email\n,Jo,12,no\nc1,,+1212,a@b.example\n", "p.csv", TODAY)
    assert [line.split(" ")[0] for line in str(caught.value).splitlines()] == ["p.csv:2:"] * 3 + ["p.csv:3:"] * 2
    assert "Jo" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"parking: yes", "a.yaml:1: a list of records"),
        (b"- parking", "a.yaml:1: a record is wanted"),
        (b"- id: x\n  owner: {a: b}", "a.yaml:2: a text, or a list of texts"),
        (b"- id: x\n  id: y", "a.yaml:2: 'id' stands here a second time"),
        (b"- id: [x", "a.yaml:1"),
        (b"\n- id: x\n  colour: red", "a.yaml:2: nobody knows 'colour'"),
        (b"- id: x\n  owner: [a, b]", "owner is one text"),
    ],
)
def test_broken_yaml_is_told_by_line(text: bytes, told: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_answers(text, "a.yaml", TODAY)
    assert told in str(caught.value)


def test_importing_again_changes_what_changed_and_takes_nothing_out(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with opening_on(fresh_database)(BARE) as world, engine.begin() as connection:
            for content, expected in (
                (CSV, (2, 0, 0)),
                (YAML, (0, 0, 2)),
                (CSV.replace(b"Only guide dogs.", b"All dogs."), (0, 1, 1)),
                (b"\n".join(CSV.splitlines()[:2]), (0, 0, 1)),
            ):
                file = "a.yaml" if content is YAML else "a.csv"
                rows = read_answers(content, file, TODAY)
                found = await compare(connection, TABLES["answers"], world.business, rows)
                assert (len(found.new), len(found.changed), found.same) == expected
                await carry_out(connection, world.business, found)
            answers = await connection.execute(select(knowledge.c.answer).order_by(knowledge.c.id))
            assert list(answers.scalars()) == ["All dogs.", "Yes, behind the house."]
            people = read_customers(PEOPLE, "p.csv", TODAY)
            await carry_out(
                connection, world.business, await compare(connection, TABLES["customers"], world.business, people)
            )
            assert len((await connection.execute(select(customers))).all()) == 2
        await engine.dispose()

    asyncio.run(main())


def test_an_answer_out_of_date_is_spoken_again_after_its_review(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with opening_on(fresh_database)(BARE) as world:
            rows = read_answers(CSV.replace(b"2026-09-01", b"2026-03-02"), "a.csv", TODAY)
            async with engine.begin() as connection:
                found = await compare(connection, TABLES["answers"], world.business, rows)
                await carry_out(connection, world.business, found)
            assert (await world.ask("find_answer", question="Is there parking?")).refusal == "no_answer"
            async with engine.begin() as connection:
                with pytest.raises(ConfigurationError, match="after today"):
                    await mark_reviewed(connection, world.business, "parking", TODAY, TODAY)
                with pytest.raises(ConfigurationError, match="knowledge list"):
                    await mark_reviewed(connection, world.business, "nothing", TODAY, date(2026, 9, 1))
                await mark_reviewed(connection, world.business, "parking", TODAY, date(2026, 9, 1), "Ana")
            spoken = await world.ask("find_answer", question="Is there parking?")
            assert spoken.found["answer"] == "Yes, behind the house."
        await engine.dispose()

    asyncio.run(main())
