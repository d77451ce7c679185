"""The stores tests get: real, empty, and nobody else's."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
import redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


@pytest.mark.parametrize("turn", [1, 2])
def test_database_is_nobody_elses(empty_database: str, turn: int) -> None:
    with psycopg.connect(empty_database.replace("+psycopg", "")) as connection:
        connection.execute("create table mine (n int)")
        connection.execute("insert into mine values (%s)", [turn])
        assert connection.execute("select n from mine").fetchall() == [(turn,)]


def test_database_serves_an_async_engine(empty_database: str) -> None:
    async def scene() -> object:
        engine = create_async_engine(empty_database)
        async with engine.connect() as connection:
            answer = (await connection.execute(text("select current_setting('timezone')"))).scalar()
        await engine.dispose()
        return answer

    assert asyncio.run(scene()) == "UTC"


@pytest.mark.parametrize("turn", [1, 2])
def test_valkey_is_empty(valkey_url: str, turn: int) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        client.set("turn", turn)
